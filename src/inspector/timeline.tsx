import type { JSX } from "preact";
import type { CommittedReceipt } from "../contract/index.ts";
import { formatCount } from "./formats.ts";
import { Damaged, Digest, Time } from "./parts.tsx";
import type { ReceiptLog } from "./receipt-log.ts";
import { SizePlot } from "./size-plot.tsx";
import { Row, WindowedList } from "./windowed-list.tsx";

/** The receipts of a runtime, newest first; where the run changes, the row begins a new one. */
export function Timeline(props: {
  readonly log: ReceiptLog;
  readonly openRevision: number | undefined;
  readonly onOpen: (revision: number) => void;
}): JSX.Element {
  const { log, openRevision, onOpen } = props;
  const newestFirst = [...log.receipts].reverse();
  return (
    <>
      <Damaged rows={log.damaged} />
      {newestFirst.length === 0 ? (
        <p class="remark">
          No boundary was committed in this runtime yet. Receipts appear here as they are committed, by any tab.
        </p>
      ) : (
        <>
          <SizePlot receipts={log.receipts} />
          <WindowedList
            label={`Receipts, newest first: ${formatCount(newestFirst.length, "receipt")}`}
            items={newestFirst}
            keyOf={keyOf}
            rows="receipt-rows"
            openKey={openRevision === undefined ? undefined : String(openRevision)}
          >
            {(committed, index, tabIndex) => (
              <ReceiptRow
                committed={committed}
                isFirstOfRun={newestFirst[index + 1]?.receipt.run_id !== committed.receipt.run_id}
                isLastOfRun={newestFirst[index - 1]?.receipt.run_id !== committed.receipt.run_id}
                isOpen={committed.revision === openRevision}
                tabIndex={tabIndex}
                onOpen={onOpen}
              />
            )}
          </WindowedList>
        </>
      )}
    </>
  );
}

const keyOf = ({ revision }: CommittedReceipt): string => String(revision);

/** The kinds of boundary in words. */
export const BOUNDARIES = { immediate: "immediate", run_start: "run start", run_checkpoint: "checkpoint" } as const;

function ReceiptRow(props: {
  readonly committed: CommittedReceipt;
  readonly isFirstOfRun: boolean;
  readonly isLastOfRun: boolean;
  readonly isOpen: boolean;
  readonly tabIndex: number;
  readonly onOpen: (revision: number) => void;
}): JSX.Element {
  const { committed, isFirstOfRun, isLastOfRun, isOpen, tabIndex, onOpen } = props;
  const { receipt, revision, committed_at } = committed;
  const place = `receipt ${isFirstOfRun ? "first" : ""} ${isLastOfRun ? "last" : ""}`;
  return (
    <div class={place}>
      <Row isOpen={isOpen} tabIndex={tabIndex} onOpen={() => onOpen(revision)}>
        <span class="line">
          <strong>revision {revision}</strong>
          <span class={`kind ${receipt.boundary}`}>{BOUNDARIES[receipt.boundary]}</span>
        </span>
        <span class="line soft">
          sequence {receipt.sequence} · {formatCount(receipt.message_count, "message")} ·{" "}
          {formatCount(receipt.contributing_input_ids.length, "input")}
        </span>
        <span class="line soft">
          <Time at={committed_at} />
          {isFirstOfRun && <span class="run">run …{receipt.run_id.slice(-8)}</span>}
        </span>
      </Row>
      {receipt.conversation_digest !== undefined && <Digest of={receipt.conversation_digest} tabIndex={tabIndex} />}
    </div>
  );
}
