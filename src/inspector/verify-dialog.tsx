import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { BurrowStore, VerifyFinding, VerifyProgress } from "../contract/index.ts";
import { formatBytes, formatCount, visibleText } from "./formats.ts";
import { Badge, Code, Dialog, Failure } from "./parts.tsx";

/** What a verification of some runtimes has come to. */
export interface VerifyReport {
  readonly verified: number;
  /** Each once, though what belongs to nobody is found with every runtime. */
  readonly findings: readonly VerifyFinding[];
}

/** Verifies runtimes one after the other. */
export async function verifyRuntimes(
  store: Pick<BurrowStore, "verifyRuntime">,
  runtimeIds: readonly string[],
  onProgress: (runtimeId: string, progress: VerifyProgress) => void,
  signal: AbortSignal,
): Promise<VerifyReport> {
  const findings = new Map<string, VerifyFinding>();
  for (const id of runtimeIds) {
    const found = await store.verifyRuntime(id, { signal, onProgress: (progress) => onProgress(id, progress) });
    for (const finding of found) findings.set(JSON.stringify([finding.code, finding.row, finding.message]), finding);
  }
  return { verified: runtimeIds.length, findings: [...findings.values()] };
}

/** What a report says in one sentence. */
export function summaryOf({ verified, findings }: VerifyReport): string {
  const errors = findings.filter(({ severity }) => severity === "error").length;
  const notices = findings.length - errors;
  const what = `Verified ${formatCount(verified, "runtime")}: `;
  if (errors > 0) return `${what}${errors.toLocaleString()} damaged.`;
  return `${what}what is stored is what was committed${notices > 0 ? `; ${formatCount(notices, "notice")}` : ""}.`;
}

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
  return (
    <Dialog title={runtimeIds.length === 1 ? "Verify this runtime" : "Verify all runtimes"} onClose={onClose}>
      <div role="status">
        <Failure error={error} />
        {report ? (
          <p>
            <Badge tone={report.findings.some(({ severity }) => severity === "error") ? "bad" : "good"}>
              {report.findings.length === 0 ? "all well" : formatCount(report.findings.length, "finding")}
            </Badge>{" "}
            {summaryOf(report)}
          </p>
        ) : (
          error === undefined && (
            <p>
              <progress
                aria-label="Verified so far"
                value={progress && progress.total > 0 ? progress.done / progress.total : 0}
              />{" "}
              {runtimeId === undefined
                ? "Reading …"
                : `${runtimeIds.indexOf(runtimeId) + 1} of ${runtimeIds.length}: ${formatBytes(progress?.total ?? 0)} to read and hash again`}
            </p>
          )
        )}
      </div>
      {report && report.findings.length > 0 && (
        <ul class="plain findings">
          {report.findings.slice(0, MOST).map((finding, index) => (
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
          {report.findings.length > MOST && <li class="remark">and {report.findings.length - MOST} more</li>}
        </ul>
      )}
    </Dialog>
  );
}

const MOST = 200;
