import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { BurrowStore, CommittedReceipt } from "../contract/index.ts";
import { conversationDigest } from "../digest/index.ts";
import type { RunBoundaryReceipt } from "../records/index.ts";
import { encodeSession, readSession, type Session } from "../session/index.ts";
import { formatCount } from "./formats.ts";
import { InputCard } from "./inputs-view.tsx";
import { useLoaded } from "./loaded.ts";
import { Badge, Code, Digest, Facts, Failure, NotRead, Time } from "./parts.tsx";
import { BOUNDARIES } from "./timeline.tsx";
import { Transcript } from "./transcript.tsx";

/** One receipt in full: what it says, the inputs that took part as they are stored now, and the conversation up to it. */
export function ReceiptView(props: {
  readonly store: BurrowStore;
  readonly runtimeId: string;
  readonly committed: CommittedReceipt;
  readonly version: number;
}): JSX.Element {
  const { store, runtimeId, committed, version } = props;
  const { receipt, revision, committed_at, minted, operation_id } = committed;
  return (
    <>
      <Facts
        of={[
          ["Boundary", BOUNDARIES[receipt.boundary]],
          ["Run", <Digest of={receipt.run_id} isWhole />],
          ["Sequence", `${receipt.sequence} in its run`],
          [
            "Committed",
            <>
              <Time at={committed_at} /> <Code>{new Date(committed_at).toISOString()}</Code>
            </>,
          ],
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
      <h3>The conversation at this receipt</h3>
      <ConversationAt key={revision} store={store} runtimeId={runtimeId} receipt={receipt} version={version} />
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

/** The beginning of the stored session that the receipt is about, and a check of it against the receipt's digest. */
function ConversationAt(props: {
  readonly store: BurrowStore;
  readonly runtimeId: string;
  readonly receipt: RunBoundaryReceipt;
  readonly version: number;
}): JSX.Element {
  const { store, runtimeId, receipt, version } = props;
  const { value, error, reload } = useLoaded(runtimeId, version, () => loadSession(store, runtimeId));
  const [isWhole, setWhole] = useState(false);
  if (error !== undefined || !value) return <NotRead what="session" error={error} reload={reload} />;
  const { messages } = value.session;
  const later = messages.length - receipt.message_count;
  return (
    <>
      <ReceiptCheck stored={value} receipt={receipt} />
      <Transcript messages={isWhole ? messages : messages.slice(0, receipt.message_count)} />
      {later > 0 && (
        <button type="button" class="quiet" aria-expanded={isWhole} onClick={() => setWhole(!isWhole)}>
          {isWhole ? "Only what this receipt is about" : `Show ${formatCount(later, "later message")} too`}
        </button>
      )}
    </>
  );
}

/** A session as it is stored, and as it reads. */
interface StoredSession {
  readonly snapshot: Uint8Array | undefined;
  readonly session: Pick<Session, "messages">;
}

async function loadSession(store: BurrowStore, runtimeId: string): Promise<StoredSession> {
  const snapshot = await store.loadSessionSnapshot(runtimeId);
  return { snapshot, session: snapshot ? readSession(snapshot) : { messages: [] } };
}

function ReceiptCheck(props: { readonly stored: StoredSession; readonly receipt: RunBoundaryReceipt }): JSX.Element {
  const { stored, receipt } = props;
  const [verdict, setVerdict] = useState<{ readonly of: StoredSession; readonly holds: boolean }>();
  const known = verdict?.of === stored ? verdict.holds : undefined;
  return (
    <p class="check">
      <button type="button" onClick={() => setVerdict({ of: stored, holds: confirms(stored, receipt) })}>
        Recompute the digest
      </button>{" "}
      <span role="status">
        {known === true && <Badge tone="good">it is the receipt’s: these messages are what was committed</Badge>}
        {known === false && (
          <Badge tone="bad">not confirmed: the session that is stored now does not begin with what was committed</Badge>
        )}
      </span>
    </p>
  );
}

/** Whether the stored session begins with the very conversation that a receipt tells of. */
function confirms({ snapshot, session }: StoredSession, receipt: RunBoundaryReceipt): boolean {
  if (!snapshot || receipt.message_count > session.messages.length) return false;
  const isAll = receipt.message_count === session.messages.length;
  const beginning = isAll
    ? snapshot
    : encodeSession({ ...readSession(snapshot), messages: session.messages.slice(0, receipt.message_count) });
  return conversationDigest(beginning).conversation_digest === receipt.conversation_digest;
}
