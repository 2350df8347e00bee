import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import {
  type ArchiveProgress,
  exportArchiveBlob,
  importArchive,
  type ImportedRuntime,
  type ImportOptions,
  type ImportReport,
} from "../archive/index.ts";
import type { BurrowStore } from "../contract/index.ts";
import { firstOf, formatBytes, formatCount, visibleText } from "./formats.ts";
import { Badge, Code, Dialog, Facts, Failure } from "./parts.tsx";

/** Writes runtimes into a file as soon as it is there; what was written can then be saved. */
export function ExportDialog(props: {
  readonly store: BurrowStore;
  readonly runtimeIds: readonly string[];
  /** How many runtimes are left out because they are damaged. */
  readonly leftOut?: number;
  readonly onClose: () => void;
}): JSX.Element {
  const { store, runtimeIds, leftOut = 0, onClose } = props;
  const [written, setWritten] = useState(0);
  const [file, setFile] = useState<{ readonly url: string; readonly size: number }>();
  const [error, setError] = useState<unknown>();
  useEffect(() => {
    const ending = new AbortController();
    const { signal } = ending;
    let url: string | undefined;
    const write = async (): Promise<void> => {
      try {
        const onProgress = ({ done }: ArchiveProgress): void => setWritten(done);
        const blob = await exportArchiveBlob(store, { runtimeIds, onProgress, signal });
        if (signal.aborted) return;
        url = URL.createObjectURL(blob);
        setFile({ url, size: blob.size });
      } catch (failure) {
        if (!signal.aborted) setError(failure);
      }
    };
    void write();
    return () => {
      ending.abort();
      if (url !== undefined) URL.revokeObjectURL(url);
    };
  }, []);
  return (
    <Dialog title={`Export ${formatCount(runtimeIds.length, "runtime")}`} onClose={onClose}>
      <Failure error={error} />
      {leftOut > 0 && (
        <p class="remark">{formatCount(leftOut, "damaged runtime")} cannot be exported: verify it to see why.</p>
      )}
      {!file && error === undefined && <p>Writing: {formatBytes(written)} so far …</p>}
      <p role="status">
        {file &&
          `The archive has ${formatBytes(file.size)}. Each of its lines carries its SHA-256, so that whoever opens it can verify it.`}
      </p>
      {file && (
        <p>
          <a class="button primary" href={file.url} download={archiveName(new Date())}>
            Save the file
          </a>
        </p>
      )}
    </Dialog>
  );
}

/** What an archive is called that is written at a moment. */
export const archiveName = (moment: Date): string =>
  `burrow-${moment.toISOString().slice(0, 19).replaceAll(":", "")}.ndjson`;

/** The runtimes of an archive that can be imported: those that stand against nothing here, and those that do. */
export function importable({ runtimes }: ImportReport): {
  readonly free: readonly string[];
  readonly conflicts: readonly string[];
} {
  const idsOf = (isWanted: (outcome: ImportedRuntime["outcome"]) => boolean): string[] =>
    runtimes.filter(({ outcome }) => isWanted(outcome)).map(({ runtime_id }) => runtime_id);
  return {
    free: idsOf((outcome) => outcome !== "damaged" && outcome !== "conflict"),
    conflicts: idsOf((outcome) => outcome === "conflict"),
  };
}

/**
 * Imports what a report has shown. Only what it named as standing against what is here is replaced, if it is to be: another runtime
 * that a tab has changed since stays as it is.
 */
export async function importReported(
  store: BurrowStore,
  file: Blob,
  report: ImportReport,
  onConflict: "skip" | "replace",
  following: Pick<ImportOptions, "onProgress" | "signal">,
): Promise<ImportReport> {
  const { free, conflicts } = importable(report);
  const reports: ImportReport[] = [];
  if (free.length > 0)
    reports.push(await importArchive(store, file, { ...following, runtimeIds: free, onConflict: "skip" }));
  if (conflicts.length > 0)
    reports.push(await importArchive(store, file, { ...following, runtimeIds: conflicts, onConflict }));
  const runtimes = reports.flatMap((part) => part.runtimes);
  return { ...report, dryRun: false, runtimes: runtimes.sort((a, b) => (a.runtime_id < b.runtime_id ? -1 : 1)) };
}

const OUTCOMES: Readonly<Record<ImportReport["runtimes"][number]["outcome"], readonly [string, string]>> = {
  restored: ["will be added", "was added"],
  replaced: ["will be replaced", "was replaced"],
  unchanged: ["is here already", "was here already"],
  skipped: ["will be left as it is here", "was left as it is here"],
  conflict: ["is here with other content", "is here with other content"],
  damaged: ["is damaged in the file", "is damaged in the file"],
};

/** Reads an archive and reports what would become of it; nothing is written before the reader says so. */
export function ImportDialog(props: {
  readonly store: BurrowStore;
  readonly file: File;
  /** Told when it begins to write, and when it has ended. */
  readonly onWriting: (isWriting: boolean) => void;
  readonly onClose: () => void;
}): JSX.Element {
  const { store, file, onWriting, onClose } = props;
  const [report, setReport] = useState<ImportReport>();
  const [error, setError] = useState<unknown>();
  const [progress, setProgress] = useState<ArchiveProgress>();
  const [isWriting, setWriting] = useState(false);
  const [isStopped, setStopped] = useState(false);
  const [onConflict, setOnConflict] = useState<"skip" | "replace">("skip");
  const closing = useRef(new AbortController());
  const stopping = useRef(new AbortController());

  const look = async (): Promise<void> => {
    const { signal } = closing.current;
    if (signal.aborted) return;
    try {
      const next = await importArchive(store, file, { dryRun: true, onProgress: setProgress, signal });
      if (!signal.aborted) setReport(next);
    } catch (failure) {
      if (!signal.aborted) setError(failure);
    }
    setProgress(undefined);
  };
  const write = async (shown: ImportReport): Promise<void> => {
    stopping.current = new AbortController();
    const { signal } = stopping.current;
    const setBusy = (isBusy: boolean): void => {
      setWriting(isBusy);
      onWriting(isBusy);
    };
    setError(undefined);
    setStopped(false);
    setBusy(true);
    try {
      setReport(await importReported(store, file, shown, onConflict, { onProgress: setProgress, signal }));
    } catch (failure) {
      if (signal.aborted) setStopped(true);
      else setError(failure);
      // What was imported by then stays: what is left to do is another report.
      setReport(undefined);
      void look();
    }
    setProgress(undefined);
    setBusy(false);
  };
  useEffect(() => {
    void look();
    return () => {
      closing.current.abort();
      stopping.current.abort();
      onWriting(false);
    };
  }, []);

  const { free, conflicts } = report ? importable(report) : { free: [], conflicts: [] };
  const isOffered = report?.dryRun && !isWriting && report.runtimes.some(({ outcome }) => OFFERED.has(outcome));
  return (
    <Dialog title="Import an archive" onClose={onClose} onStop={isWriting ? () => stopping.current.abort() : undefined}>
      <Facts
        of={[
          ["File", <Code>{file.name}</Code>],
          ["Size", formatBytes(file.size)],
        ]}
      />
      <Failure error={error} />
      {progress && (
        <p>
          <progress aria-label="Read so far" value={progress.total ? progress.done / progress.total : 0} />{" "}
          {isWriting ? "Importing …" : "Reading …"}
        </p>
      )}
      <div role="status">
        {isStopped && <p>Stopped. What was imported by then is whole, and stays.</p>}
        {report && !progress && <p>{sentenceAbout(report)}</p>}
      </div>
      {report && <ReportedRuntimes report={report} />}
      {report && isOffered && (
        <form
          class="choices"
          onSubmit={(event) => {
            event.preventDefault();
            void write(report);
          }}
        >
          {conflicts.length > 0 && (
            <fieldset>
              <legend>{formatCount(conflicts.length, "runtime")} with other content here</legend>
              {(["skip", "replace"] as const).map((choice) => (
                <label key={choice}>
                  <input
                    type="radio"
                    name="on-conflict"
                    checked={onConflict === choice}
                    onChange={() => setOnConflict(choice)}
                  />
                  {choice === "skip" ? "Leave what is here" : "Replace it by what the file has"}
                </label>
              ))}
            </fieldset>
          )}
          <button type="submit" class="primary">
            Import {formatCount(free.length + conflicts.length, "runtime")}
          </button>
        </form>
      )}
    </Dialog>
  );
}

/** Of these something is left to do. */
const OFFERED: ReadonlySet<ImportedRuntime["outcome"]> = new Set(["restored", "replaced", "conflict"]);

/** What is damaged needs the reader first, then what stands against something here. */
const urgencyOf = ({ outcome }: ImportedRuntime): number =>
  outcome === "damaged" ? 2 : outcome === "conflict" ? 1 : 0;

function ReportedRuntimes({ report }: { readonly report: ImportReport }): JSX.Element {
  const { runtimes, problems, dryRun } = report;
  const urgent = firstOf([...runtimes].sort((a, b) => urgencyOf(b) - urgencyOf(a)));
  const told = new Set(runtimes.map(({ error }) => error?.detail));
  const others = firstOf(problems.filter(({ message }) => !told.has(message)));
  const more = urgent.more + others.more;
  return (
    <ul class="plain findings">
      {urgent.shown.map(({ runtime_id, outcome, revision, error: reason }) => (
        <li key={runtime_id} class="card">
          <p class="line">
            <Code>{runtime_id}</Code>
            <Badge tone={outcome === "damaged" ? "bad" : outcome === "conflict" ? "busy" : "good"}>
              {OUTCOMES[outcome][dryRun ? 0 : 1]}
            </Badge>
            {revision !== undefined && <span class="soft">revision {revision}</span>}
          </p>
          {reason && <p class="soft text">{visibleText(reason.detail)}</p>}
        </li>
      ))}
      {others.shown.map(({ line, message }) => (
        <li key={`${line} ${message}`} class="soft text">
          {visibleText(message)}
        </li>
      ))}
      {more > 0 && <li class="remark">and {more.toLocaleString()} more</li>}
    </ul>
  );
}

function sentenceAbout(report: ImportReport): string {
  const { dryRun, runtimes, problems } = report;
  if (!dryRun) {
    const written = runtimes.filter(({ outcome }) => outcome === "restored" || outcome === "replaced").length;
    return `Done: ${formatCount(written, "runtime")} written, each whole and in one transaction.`;
  }
  const { free, conflicts } = importable(report);
  if (problems.length === 0) return "The file is whole. Nothing is written yet.";
  if (free.length + conflicts.length === 0) return "The file is damaged, and no runtime in it is whole.";
  return "The file is damaged; the runtimes that are whole can be imported. Nothing is written yet.";
}
