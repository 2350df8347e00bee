import { type InputId, isRuntimeStoreError, newRunId } from "../src/index.ts";
import type { LoadedRuntime, RunBoundaryReceipt, RuntimeCatalog, RuntimeStore } from "../src/index.ts";
import { consumedByRun, promptInput, queuedInputState, recoverInputState } from "../src/records/index.ts";
import type { ContentBlock, Input, InputState } from "../src/records/index.ts";
import { appendToSession, encodeSession, newSession, readSession } from "../src/session/index.ts";
import { toolResultsMessage, userMessage } from "../src/session/index.ts";
import type { AssistantBlock, BlockAssistantMessage, Message, ToolResult } from "../src/session/index.ts";

/** The part of a store, or of a lease, that an agent needs. */
export type AgentStore = Pick<
  RuntimeStore & RuntimeCatalog,
  "persistInputState" | "loadRuntime" | "commitSessionBoundary"
>;

/** One call of a tool, as the model asked for it. */
export type ToolUse = Extract<AssistantBlock, { block_type: "tool_use" }>["data"];

/** A step that is being run: what it has said so far, none of which is stored before the step is over. */
export interface Progress {
  readonly inputId: InputId;
  /** What the step builds on. */
  readonly revision: number;
  readonly messages: readonly Message[];
}

/** What makes the turns: where a real agent asks its language model and does its work. */
export interface Agent {
  /** The assistant's next message; while it uses tools, it is given their results and asked again. */
  reply(conversation: readonly Message[]): Promise<BlockAssistantMessage>;
  useTool(use: ToolUse): Promise<ToolResult>;
  onProgress?(progress: Progress): void;
}

/** Takes a message in: once this resolves it is stored, and will be answered whatever happens to this page. */
export async function acceptPrompt(
  store: AgentStore,
  runtimeId: string,
  content: string | readonly ContentBlock[],
): Promise<InputState> {
  const state = queuedInputState(promptInput(content));
  await store.persistInputState(runtimeId, state);
  return state;
}

/**
 * Runs the turns of all accepted inputs, oldest first: what to call after accepting an input, and when the page starts. Give
 * it the lease of the runtime; without one, `expectedRevision` still lets only one of two pages commit.
 *
 * A turn is one run, and each of its steps one boundary. The last consumes the input, in the commit itself, so that a turn
 * ends exactly once; a page that finds it half done goes on behind its last step.
 */
export async function runPendingInputs(store: AgentStore, runtimeId: string, agent: Agent): Promise<void> {
  for (;;) {
    const runtime = await store.loadRuntime(runtimeId);
    const { pendingInputs } = runtime;
    const pending = pendingInputs.find(({ receipt }) => receipt) ?? pendingInputs[0];
    if (!pending) return;
    const { state, next } = recoverInputState(pending.state, pending.receipt);
    if (next === "done") await store.persistInputState(runtimeId, state);
    else await runStep({ store, runtimeId, runtime, state, last: pending.receipt, agent }).catch(ignoreIfOvertaken);
  }
}

/** What a step begins with; `last` is the receipt of the step before it in the same turn. */
interface Step {
  readonly store: AgentStore;
  readonly runtimeId: string;
  readonly runtime: LoadedRuntime;
  readonly state: InputState;
  readonly last: RunBoundaryReceipt | undefined;
  readonly agent: Agent;
}

/** Has the model answer once, uses the tools that it calls, and commits the messages, their receipt and the input at once. */
async function runStep({ store, runtimeId, runtime, state, last, agent }: Step): Promise<void> {
  const { input_id } = state;
  const { revision } = runtime;
  const prompt = promptOf(state);
  const snapshot = runtime.sessionSnapshot ?? encodeSession(newSession({ metadata: { title: titleOf(prompt.text) } }));
  const earlier = readSession(snapshot).messages;
  const messages: Message[] = [];
  const add = (...more: Message[]): void => {
    messages.push(...more);
    agent.onProgress?.({ inputId: input_id, revision, messages: [...messages] });
  };

  add(...(last ? [] : [userMessage(prompt.blocks ?? prompt.text)]));
  const answer = await agent.reply([...earlier, ...messages]);
  add(answer);
  const uses = answer.blocks.flatMap((block) => (block.block_type === "tool_use" ? [block.data] : []));
  const isLast = uses.length === 0;
  if (!isLast) add(toolResultsMessage(await Promise.all(uses.map((use) => agent.useTool(use)))));

  const runId = last?.run_id ?? newRunId();
  const sequence = last ? last.sequence + 1 : 0;
  await store.commitSessionBoundary(runtimeId, {
    sessionDelta: { sessionSnapshot: appendToSession(snapshot, messages) },
    runId,
    boundary: last ? "run_checkpoint" : "run_start",
    // A receipt that lists an input ends its turn; before that, the store's stamp on the input tells how far the turn is.
    contributingInputIds: isLast ? [input_id] : [],
    inputUpdates: [isLast ? consumedByRun(state, { runId, sequence }) : state],
    operationId: isLast ? input_id : `${input_id} ${sequence}`,
    expectedRevision: revision,
  });
}

/** Another tab committed in the meantime: what is still to be done is found by loading the runtime again. */
function ignoreIfOvertaken(error: unknown): void {
  const isOvertaken =
    isRuntimeStoreError(error) && (error.code === "revision_conflict" || error.code === "operation_conflict");
  if (!isOvertaken) throw error;
}

function promptOf({ input_id, persisted_input: input }: InputState): Extract<Input, { input_type: "prompt" }> {
  if (input?.input_type === "prompt") return input;
  throw new Error(`input ${input_id} is not a prompt, the only kind that this agent takes`);
}

const titleOf = (prompt: string): string => prompt.trim().split("\n", 1).join("").slice(0, 60);
