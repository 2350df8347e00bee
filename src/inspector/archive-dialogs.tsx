import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { type ArchiveProgress, exportArchiveStream, importArchive, type ImportReport } from "../archive/index.ts";
import type { BurrowStore } from "../contract/index.ts";
import { formatBytes, formatCount, visibleText } from "./formats.ts";
import { Badge, Code, Dialog, Facts, Failure } from "./parts.tsx";

/** Writes runtimes into a file as soon as it is there; what was written can then be saved. */
export function ExportDialog(props: {
  readonly store: BurrowStore;
  /** All, if left out. */
  readonly runtimeId?: string | undefined;
  readonly onClose: () => void;
}): JSX.Element {
  const { store, runtimeId, onClose } = props;
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
        const runtimeIds = runtimeId === undefined ? undefined : [runtimeId];
        const stream = exportArchiveStream(store, { runtimeIds, onProgress, signal });
        const blob = await new Response(stream, { headers: { "content-type": "application/x-ndjson" } }).blob();
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
    <Dialog title={runtimeId === undefined ? "Export all runtimes" : "Export this runtime"} onClose={onClose}>
      <div role="status">
        <Failure error={error} />
        {error === undefined && (
          <p>
            {file ? `The archive has ${formatBytes(file.size)}.` : `Writing: ${formatBytes(written)} so far …`} Each of
            its lines carries its SHA-256, so that whoever opens it can verify it.
          </p>
        )}
      </div>
      {file && (
        <a class="button primary" href={file.url} download={archiveName(new Date())}>
          Save the file
        </a>
      )}
    </Dialog>
  );
}

/** What an archive is called that is written at a moment. */
export const archiveName = (moment: Date): string =>
  `burrow-${moment.toISOString().slice(0, 19).replaceAll(":", "")}.ndjson`;

/** Which runtimes of an archive can be imported, and whether any stands against what is here. */
export function importable({ runtimes }: ImportReport): {
  readonly ids: readonly string[];
  readonly conflicts: number;
} {
  const whole = runtimes.filter(({ outcome }) => outcome !== "damaged");
  return {
    ids: whole.map(({ runtime_id }) => runtime_id),
    conflicts: whole.filter(({ outcome }) => outcome === "conflict").length,
  };
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
  readonly onClose: () => void;
}): JSX.Element {
  const { store, file, onClose } = props;
  const [report, setReport] = useState<ImportReport>();
  const [error, setError] = useState<unknown>();
  const [progress, setProgress] = useState<ArchiveProgress>();
  const [onConflict, setOnConflict] = useState<"skip" | "replace">("skip");
  const ending = useRef(new AbortController());

  const run = async (
    options: Omit<Parameters<typeof importArchive>[2] & object, "signal" | "onProgress">,
  ): Promise<void> => {
    const { signal } = ending.current;
    const onProgress = (next: ArchiveProgress): void => setProgress(next);
    setError(undefined);
    try {
      const next = await importArchive(store, file, { ...options, onProgress, signal });
      if (!signal.aborted) setReport(next);
    } catch (failure) {
      if (!signal.aborted) setError(failure);
    }
    setProgress(undefined);
  };
  useEffect(() => {
    void run({ dryRun: true });
    return () => ending.current.abort();
  }, []);

  const { ids, conflicts } = report ? importable(report) : { ids: [], conflicts: 0 };
  return (
    <Dialog title="Import an archive" onClose={onClose}>
      <Facts
        of={[
          ["File", <Code>{file.name}</Code>],
          ["Size", formatBytes(file.size)],
        ]}
      />
      <div role="status">
        <Failure error={error} />
        {progress && (
          <p>
            <progress aria-label="Read so far" value={progress.total ? progress.done / progress.total : 0} /> Reading …
          </p>
        )}
        {report && !progress && <p>{sentenceAbout(report)}</p>}
      </div>
      {report && (
        <ul class="plain findings">
          {report.runtimes.map(({ runtime_id, outcome, revision, error: reason }) => (
            <li key={runtime_id} class="card">
              <p class="line">
                <Code>{runtime_id}</Code>
                <Badge tone={outcome === "damaged" ? "bad" : outcome === "conflict" ? "busy" : "good"}>
                  {OUTCOMES[outcome][report.dryRun ? 0 : 1]}
                </Badge>
                {revision !== undefined && <span class="soft">revision {revision}</span>}
              </p>
              {reason && <p class="soft text">{visibleText(reason.detail)}</p>}
            </li>
          ))}
          {report.problems.map(({ line, message }) => (
            <li key={`${line} ${message}`} class="soft text">
              Line {line}: {visibleText(message)}
            </li>
          ))}
        </ul>
      )}
      {report?.dryRun && ids.length > 0 && (
        <form
          class="choices"
          onSubmit={(event) => {
            event.preventDefault();
            void run({ runtimeIds: ids, onConflict });
          }}
        >
          {conflicts > 0 && (
            <fieldset>
              <legend>{formatCount(conflicts, "runtime")} with other content here</legend>
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
          <button type="submit" class="primary" disabled={progress !== undefined}>
            Import {formatCount(ids.length, "runtime")}
          </button>
        </form>
      )}
    </Dialog>
  );
}

function sentenceAbout({ dryRun, runtimes, problems }: ImportReport): string {
  if (!dryRun)
    return `Done: ${formatCount(runtimes.length, "runtime")} looked after, each whole and in one transaction.`;
  const whole =
    problems.length === 0 ? "The file is whole." : "The file is damaged; runtimes that are whole can be imported.";
  return `${whole} Nothing is written yet.`;
}
