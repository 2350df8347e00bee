import type { BurrowStore, CommittedReceipt, LoadedRuntime, RuntimeHead } from "../src/index.ts";
import { type Message, readSession } from "../src/session/index.ts";
import { SAMPLE_RUNTIME_ID } from "./sample.ts";

/** One conversation in the list: a runtime of the store, with the title that its session carries. */
export interface ConversationSummary {
  readonly head: RuntimeHead;
  readonly title: string;
  readonly isSample: boolean;
}

/** One conversation as it is stored. */
export interface StoredConversation {
  readonly runtimeId: string;
  readonly title: string;
  readonly messages: readonly Message[];
  readonly receipts: readonly CommittedReceipt[];
  readonly pendingInputs: LoadedRuntime["pendingInputs"];
}

/** All conversations, the one committed last first; one without a commit counts as the newest. */
export async function listConversations(store: BurrowStore): Promise<readonly ConversationSummary[]> {
  const [heads, sessions] = await Promise.all([store.listRuntimes(), store.sessions.list()]);
  const titles = new Map(sessions.map(({ id, metadata }) => [id, metadata.title]));
  return heads.map((head) => summaryOf(head, head.session_id && titles.get(head.session_id))).sort(byLastCommit);
}

/** What is stored of a conversation; the receipts may be of a later moment than the messages. */
export async function loadConversation(
  store: BurrowStore,
  { head, title }: ConversationSummary,
): Promise<StoredConversation> {
  const { runtime_id: runtimeId } = head;
  const [runtime, receipts] = await Promise.all([store.loadRuntime(runtimeId), store.listBoundaryReceipts(runtimeId)]);
  const { sessionSnapshot, pendingInputs } = runtime;
  const messages = sessionSnapshot ? readSession(sessionSnapshot).messages : [];
  return { runtimeId, title, messages, receipts, pendingInputs };
}

function summaryOf(head: RuntimeHead, title: unknown): ConversationSummary {
  const isSample = head.runtime_id === SAMPLE_RUNTIME_ID;
  return { head, isSample, title: typeof title === "string" && title !== "" ? title : "New conversation" };
}

function byLastCommit(a: ConversationSummary, b: ConversationSummary): number {
  const [left, right] = [a.head.committed_at ?? Infinity, b.head.committed_at ?? Infinity];
  return left === right ? 0 : right - left;
}
