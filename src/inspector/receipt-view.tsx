import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { BurrowStore, CommittedReceipt } from "../contract/index.ts";
import type { RunBoundaryReceipt } from "../records/index.ts";
import { readSession, type Session } from "../session/index.ts";
import { formatCount } from "./formats.ts";
import { InputCard } from "./inputs-view.tsx";
import { type Loaded, useLoaded } from "./loaded.ts";
import { Badge, Code, Digest, Facts, Failure, NotRead, TimeInFull } from "./parts.tsx";
import { provesBeginningOf } from "./receipt-proof.ts";
import { BOUNDARIES } from "./timeline.tsx";
import { Transcript } from "./transcript.tsx";

/** One receipt in full: what it says, the inputs that took part and the conversation up to it, both as they are stored now. */
export function ReceiptView(props: {
  readonly store: BurrowStore;
  readonly runtimeId: string;
  readonly committed: CommittedReceipt;
  readonly stored: Loaded<{ readonly session: StoredSession | undefined }>;
  readonly version: number;
}): JSX.Element {
  const { store, runtimeId, committed, stored, version } = props;
  const { receipt, committed_at, minted, operation_id } = committed;
  return (
    <>
      <Facts
        of={[
          ["Boundary", BOUNDARIES[receipt.boundary]],
          ["Run", <Digest of={receipt.run_id} isWhole />],
          ["Sequence", `${receipt.sequence} in its run`],
          ["Committed", <TimeInFull at={committed_at} />],
          ["Messages so far", receipt.message_count],
          [
            "Digest",
            receipt.conversation_digest === undefined ? "none" : <Digest of={receipt.conversation_digest} isWhole />,
          ],
          ["Operation", operation_id === undefined ? undefined : <Code>{operation_id}</Code>],
          ["Minted", minted ? "by the store, from the snapshot itself" : "no: the caller brought it"],
        ]}
      />
      <h3>{formatCount(receipt.contributing_input_ids.length, "input")}</h3>
      {receipt.contributing_input_ids.map((id) => (
        <Contributor key={id} store={store} runtimeId={runtimeId} inputId={id} version={version} />
      ))}
      <h3>The first {formatCount(receipt.message_count, "message")} of the session as it is stored now</h3>
      <ConversationAt stored={stored} receipt={receipt} />
    </>
  );
}

function Contributor(props: {
  readonly store: BurrowStore;
  readonly runtimeId: string;
  readonly inputId: string;
  readonly version: number;
}): JSX.Element {
  const { store, runtimeId, inputId, version } = props;
  const { value, error, isLoading } = useLoaded(`${runtimeId} ${inputId}`, version, async () => ({
    state: await store.loadInputState(runtimeId, inputId),
  }));
  if (error !== undefined) return <Failure error={error} />;
  if (value?.state) return <InputCard state={value.state} />;
  return (
    <p class="remark">
      <Code>{inputId}</Code> {isLoading ? "…" : "is not stored any more: it was pruned, or never was."}
    </p>
  );
}

/** A session as it is stored, and as it reads. */
export interface StoredSession {
  readonly snapshot: Uint8Array;
  readonly session: Session;
}

/** Reads the session of a runtime; `undefined` where it has none. */
export async function readStoredSession(store: BurrowStore, runtimeId: string): Promise<StoredSession | undefined> {
  const snapshot = await store.loadSessionSnapshot(runtimeId);
  return snapshot && { snapshot, session: readSession(snapshot) };
}

/** The beginning of the session as it is stored now, as long as the receipt says, and a check of it against the receipt's digest. */
function ConversationAt(props: {
  readonly stored: Loaded<{ readonly session: StoredSession | undefined }>;
  readonly receipt: RunBoundaryReceipt;
}): JSX.Element {
  const { stored, receipt } = props;
  const { value, error, reload } = stored;
  const [isWhole, setWhole] = useState(false);
  if (error !== undefined || !value) return <NotRead what="session" error={error} reload={reload} />;
  if (!value.session) return <p class="remark">No session is stored for this runtime.</p>;
  const { messages } = value.session.session;
  const later = messages.length - receipt.message_count;
  return (
    <>
      {receipt.conversation_digest === undefined ? (
        <p class="remark">This receipt has no digest, so it proves no conversation.</p>
      ) : (
        <ReceiptCheck stored={value.session} receipt={receipt} />
      )}
      {later < 0 && (
        <p class="remark">
          The stored session has only {formatCount(messages.length, "message")}: it was cut back or replaced since.
        </p>
      )}
      <Transcript messages={isWhole ? messages : messages.slice(0, receipt.message_count)} />
      {later > 0 && (
        <button type="button" class="quiet" aria-expanded={isWhole} onClick={() => setWhole(!isWhole)}>
          {isWhole ? "Only what this receipt is about" : `Show ${formatCount(later, "later message")} too`}
        </button>
      )}
    </>
  );
}

function ReceiptCheck(props: { readonly stored: StoredSession; readonly receipt: RunBoundaryReceipt }): JSX.Element {
  const { stored, receipt } = props;
  const [check, setCheck] = useState<{
    readonly of: StoredSession;
    readonly isConfirmed?: boolean;
    readonly error?: unknown;
  }>();
  const current = check?.of === stored ? check : undefined;
  const isBusy = current !== undefined && !("isConfirmed" in current) && !("error" in current);
  const recompute = async (): Promise<void> => {
    if (isBusy) return;
    setCheck({ of: stored });
    const outcome = await provesBeginningOf(stored.snapshot, receipt).then(
      (isConfirmed) => ({ isConfirmed }),
      (error: unknown) => ({ error }),
    );
    setCheck((latest) => (latest?.of === stored ? { of: stored, ...outcome } : latest));
  };
  return (
    <div class="line check">
      <button type="button" aria-disabled={isBusy} onClick={() => void recompute()}>
        Recompute the digest
      </button>
      <span role="status">
        {isBusy && "Hashing …"}
        {current?.isConfirmed === true && (
          <Badge tone="good">it is the receipt’s: these messages are what was committed</Badge>
        )}
        {current?.isConfirmed === false && (
          <Badge tone="bad">not confirmed: the session that is stored now does not begin with what was committed</Badge>
        )}
      </span>
      <Failure error={current?.error} />
    </div>
  );
}
