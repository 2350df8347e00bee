import type { BurrowStore, CommittedReceipt, LoadedRuntime, RuntimeHead } from "../src/index.ts";
import { type Message, readSession } from "../src/session/index.ts";

/** One conversation in the list: a runtime of the store, with the title that its session carries. */
export interface ConversationSummary {
  readonly runtimeId: string;
  readonly title: string;
}

/** One conversation as it is stored. */
export interface StoredConversation extends ConversationSummary {
  readonly revision: number;
  readonly messages: readonly Message[];
  readonly receipts: readonly CommittedReceipt[];
  readonly pendingInputs: LoadedRuntime["pendingInputs"];
}

/** All conversations that are not damaged, the one committed last first; one without a commit counts as the newest. */
export async function listConversations(store: BurrowStore): Promise<readonly ConversationSummary[]> {
  const [heads, sessions] = await Promise.all([
    store.listRuntimes({ onCorrupt: "skip" }),
    store.sessions.list({ onCorrupt: "skip" }),
  ]);
  const titles = new Map(sessions.map(({ id, metadata }) => [id, metadata.title]));
  return heads
    .sort(byLastCommit)
    .map(({ runtime_id, session_id }) => summaryOf(runtime_id, session_id && titles.get(session_id)));
}

/** A conversation in which nothing was said yet, if there is one. */
export async function findEmptyConversation(store: BurrowStore): Promise<string | undefined> {
  for (const { runtime_id, revision } of await store.listRuntimes({ onCorrupt: "skip" })) {
    if (revision === 0 && (await store.listInputStates(runtime_id)).length === 0) return runtime_id;
  }
  return undefined;
}

/** What is stored of a conversation; the receipts may be of a later moment than the messages. */
export async function loadConversation(store: BurrowStore, summary: ConversationSummary): Promise<StoredConversation> {
  const { runtimeId } = summary;
  const [runtime, receipts] = await Promise.all([store.loadRuntime(runtimeId), store.listBoundaryReceipts(runtimeId)]);
  const { revision, sessionSnapshot, pendingInputs } = runtime;
  const messages = sessionSnapshot ? readSession(sessionSnapshot).messages : [];
  return { ...summary, revision, messages, receipts, pendingInputs };
}

function summaryOf(runtimeId: string, title: unknown): ConversationSummary {
  return { runtimeId, title: typeof title === "string" && title !== "" ? title : "New conversation" };
}

function byLastCommit(a: RuntimeHead, b: RuntimeHead): number {
  const [left, right] = [a.committed_at ?? Infinity, b.committed_at ?? Infinity];
  return left === right ? 0 : right - left;
}
