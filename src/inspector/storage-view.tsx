import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { BurrowStore } from "../contract/index.ts";
import { requestPersistence, type StorageReport, storageReport } from "../indexeddb/index.ts";
import { firstOf, formatBytes, formatCount } from "./formats.ts";
import { useLoaded } from "./loaded.ts";
import { Badge, Code, Facts, Failure, NotRead } from "./parts.tsx";

/** What the store occupies, and what the browser does for it. */
export function StorageView({
  store,
  version,
}: {
  readonly store: BurrowStore;
  readonly version: number;
}): JSX.Element {
  const { value, error, reload } = useLoaded("storage", version, () => storageReport(store));
  const [answer, setAnswer] = useState("");
  if (error !== undefined || !value) return <NotRead what="storage report" error={error} reload={reload} />;
  const ask = async (): Promise<void> => {
    setAnswer("Asking the browser …");
    setAnswer(ANSWERS[String(await requestPersistence())] ?? "");
    reload();
  };
  const { persisted, usage, quota, durability, witness, logFlush, runtimes = [], failure } = value;
  const { shown, more } = firstOf(runtimes);
  return (
    <>
      <Failure error={failure} />
      <Facts
        of={[
          [
            "Kept by the browser",
            persisted === undefined ? (
              "it does not say"
            ) : (
              <Badge tone={persisted ? "good" : "busy"}>
                {persisted ? "until you remove it" : "unless room runs out"}
              </Badge>
            ),
          ],
          [
            "Used by this site",
            usage === undefined
              ? "the browser does not say"
              : `${formatBytes(usage)} of ${quota === undefined ? "an unknown quota" : formatBytes(quota)}`,
          ],
          ["Durability", durability ?? (witness && "the browser knows none")],
          ["Losses are noticed by", witness && (witness === "none" ? "nothing: no witness" : `notes in ${witness}`)],
          ["Chromium’s log after a crash", logFlush && LOG_FLUSHES[logFlush]],
        ]}
      />
      {witness === undefined && (
        <p class="remark">
          What happens in a worker, or in memory, is not told here: what a store holds in memory is gone with its page.
        </p>
      )}
      {persisted !== true && (
        <div class="choices">
          <button type="button" onClick={() => void ask()}>
            Ask the browser to keep it
          </button>
          <p role="status">{answer}</p>
        </div>
      )}
      <h3>{formatCount(runtimes.length, "runtime")}</h3>
      <div class="scroll-x" tabIndex={0} role="region" aria-label="What each runtime takes">
        <table>
          <thead>
            <tr>
              <th scope="col">Runtime</th>
              <th scope="col">Snapshot</th>
              <th scope="col">Rows</th>
              <th scope="col">In rows</th>
            </tr>
          </thead>
          <tbody>
            {shown.map(({ runtime_id, snapshot_bytes, rows, row_bytes }) => (
              <tr key={runtime_id}>
                <th scope="row">
                  <Code>{runtime_id}</Code>
                </th>
                <td>{formatBytes(snapshot_bytes)}</td>
                <td>{rows.toLocaleString()}</td>
                <td>{formatBytes(row_bytes)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {more > 0 && <p class="remark">and {formatCount(more, "more runtime")}</p>}
    </>
  );
}

/** What is worth telling of it. */
const LOG_FLUSHES: Readonly<Record<NonNullable<StorageReport["logFlush"]>, string | undefined>> = {
  "not needed": undefined,
  off: undefined,
  done: "put away, so that another crash cannot tear it",
  skipped: "not put away, for want of room",
  failed: "could not be put away",
};

const ANSWERS: Readonly<Record<string, string>> = {
  true: "The browser promised to keep it.",
  false: "The browser declined. It may agree once the site is used more, or is bookmarked or installed.",
  undefined: "The browser gave no answer. It can only be asked on https and in a window.",
};
