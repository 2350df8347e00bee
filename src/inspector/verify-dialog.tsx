import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { BurrowStore, VerifyFinding, VerifyProgress } from "../contract/index.ts";
import { firstOf, formatBytes, formatCount, visibleText } from "./formats.ts";
import { Badge, Code, Dialog, Failure } from "./parts.tsx";

/** What a verification of some runtimes has come to. */
export interface VerifyReport {
  readonly verified: number;
  /** Errors first; each once, though what belongs to nobody is found with every runtime. */
  readonly findings: readonly VerifyFinding[];
  /** The runtimes that could not be verified, and why. */
  readonly failures: readonly { readonly runtimeId: string; readonly error: unknown }[];
}

/** Verifies runtimes one after the other; one that cannot be read keeps nobody from the others. */
export async function verifyRuntimes(
  store: Pick<BurrowStore, "verifyRuntime">,
  runtimeIds: readonly string[],
  onProgress: (runtimeId: string, progress: VerifyProgress) => void,
  signal: AbortSignal,
): Promise<VerifyReport> {
  const byContent = new Map<string, VerifyFinding>();
  const failures: { runtimeId: string; error: unknown }[] = [];
  for (const runtimeId of runtimeIds) {
    try {
      const options = { signal, onProgress: (progress: VerifyProgress) => onProgress(runtimeId, progress) };
      for (const finding of await store.verifyRuntime(runtimeId, options))
        byContent.set(JSON.stringify([finding.code, finding.row, finding.message]), finding);
    } catch (error) {
      signal.throwIfAborted();
      failures.push({ runtimeId, error });
    }
  }
  const all = [...byContent.values()];
  const findings = [...all.filter(isError), ...all.filter((finding) => !isError(finding))];
  return { verified: runtimeIds.length - failures.length, findings, failures };
}

const isError = ({ severity }: VerifyFinding): boolean => severity === "error";

/** What a report says in one sentence. */
export function summaryOf({ verified, findings, failures }: VerifyReport): string {
  const errors = findings.filter(isError).length;
  const notices = findings.length - errors;
  const parts: string[] = [];
  if (errors > 0) parts.push(formatCount(errors, "error"));
  else if (verified > 0) parts.push("what is stored is what was committed");
  if (notices > 0) parts.push(formatCount(notices, "notice"));
  if (failures.length > 0) parts.push(`${formatCount(failures.length, "runtime")} could not be read`);
  return `Verified ${formatCount(verified, "runtime")}: ${parts.join("; ")}.`;
}

/** Whether all was read, and all of it is sound. */
const isWell = ({ findings, failures }: VerifyReport): boolean => failures.length === 0 && !findings.some(isError);

interface State {
  readonly runtimeId?: string;
  readonly progress?: VerifyProgress;
  readonly report?: VerifyReport;
  readonly error?: unknown;
}

/** Verifies as soon as it is there, shows how far it is, and then what was found. */
export function VerifyDialog(props: {
  readonly store: BurrowStore;
  readonly runtimeIds: readonly string[];
  readonly onClose: () => void;
}): JSX.Element {
  const { store, runtimeIds, onClose } = props;
  const [state, setState] = useState<State>({});
  useEffect(() => {
    const ending = new AbortController();
    const { signal } = ending;
    const show = (next: State): void => {
      if (!signal.aborted) setState(next);
    };
    verifyRuntimes(store, runtimeIds, (runtimeId, progress) => show({ runtimeId, progress }), signal).then(
      (report) => show({ report }),
      (error: unknown) => show({ error }),
    );
    return () => ending.abort();
  }, []);
  const { runtimeId, progress, report, error } = state;
  const { shown, more } = firstOf(report?.findings ?? []);
  return (
    <Dialog title={runtimeIds.length === 1 ? "Verify one runtime" : "Verify all runtimes"} onClose={onClose}>
      <Failure error={error} />
      {!report && error === undefined && (
        <p>
          <progress
            aria-label="Verified so far"
            value={progress && progress.total > 0 ? progress.done / progress.total : 0}
          />{" "}
          {runtimeId === undefined
            ? "Reading …"
            : `${runtimeIds.indexOf(runtimeId) + 1} of ${runtimeIds.length}: ${formatBytes(progress?.total ?? 0)} to read and hash again`}
        </p>
      )}
      <div role="status">
        {report && (
          <p>
            <Badge tone={isWell(report) ? "good" : "bad"}>{isWell(report) ? "all well" : "damaged"}</Badge>{" "}
            {summaryOf(report)}
          </p>
        )}
      </div>
      {report?.failures.map((failure) => (
        <div key={failure.runtimeId}>
          <Code>{failure.runtimeId}</Code>
          <Failure error={failure.error} />
        </div>
      ))}
      {shown.length > 0 && (
        <ul class="plain findings">
          {shown.map((finding, index) => (
            <li key={index} class="card">
              <p class="line">
                <Badge tone={finding.severity === "error" ? "bad" : "busy"}>{finding.severity}</Badge>
                <strong>{finding.code}</strong>
              </p>
              <p class="text">{visibleText(finding.message)}</p>
              <p class="soft">
                <Code>{`${finding.row.table} ${JSON.stringify(finding.row.key)}`}</Code>
              </p>
            </li>
          ))}
          {more > 0 && <li class="remark">and {more.toLocaleString()} more</li>}
        </ul>
      )}
    </Dialog>
  );
}
