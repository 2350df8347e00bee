import { type InputId, isRuntimeStoreError, newRunId } from "../src/index.ts";
import type { LoadedRuntime, RuntimeCatalog, RuntimeStore } from "../src/index.ts";
import { consumedByRun, promptInput, queuedInputState, recoverInputState } from "../src/records/index.ts";
import type { InputState } from "../src/records/index.ts";
import { appendToSession, encodeSession, newSession, readSession } from "../src/session/index.ts";
import { toolResultsMessage, userMessage } from "../src/session/index.ts";
import type { AssistantBlock, BlockAssistantMessage, Message, ToolResult } from "../src/session/index.ts";

/** The part of a store that an agent needs. */
export type AgentStore = Pick<
  RuntimeStore & RuntimeCatalog,
  "persistInputState" | "loadRuntime" | "commitSessionBoundary"
>;

/** One call of a tool, as the model asked for it. */
export type ToolUse = Extract<AssistantBlock, { block_type: "tool_use" }>["data"];

/** What makes the turns: where a real agent asks its language model and does its work. */
export interface Agent {
  /** The assistant's next message; while it uses tools, it is given their results and asked again. */
  reply(conversation: readonly Message[]): Promise<BlockAssistantMessage>;
  useTool(use: ToolUse): Promise<ToolResult>;
  /** Hears of a turn when it begins and at each of its messages, none of which is stored before the turn is over. */
  onProgress?(inputId: InputId, turn: readonly Message[]): void;
}

/** Takes a message in: once this resolves it is stored, and will be answered whatever happens to this page. */
export async function acceptPrompt(store: AgentStore, runtimeId: string, text: string): Promise<InputState> {
  const state = queuedInputState(promptInput(text));
  await store.persistInputState(runtimeId, state);
  return state;
}

/**
 * Runs the turns of all accepted inputs that have none yet, oldest first: what to call after accepting an input, and when
 * the page starts. A turn is committed exactly once; the model and its tools may be asked again by the next page.
 */
export function runPendingInputs(store: AgentStore, runtimeId: string, agent: Agent): Promise<void> {
  return aloneWith(runtimeId, async () => {
    for (;;) {
      const runtime = await store.loadRuntime(runtimeId);
      const [pending] = runtime.pendingInputs;
      if (!pending) return;
      const { state, next } = recoverInputState(pending.state, pending.receipt);
      if (next === "done") await store.persistInputState(runtimeId, state);
      else await runTurn(store, runtimeId, runtime, state, agent).catch(ignoreIfOvertaken);
    }
  });
}

/** Runs one turn, and commits its messages, its receipt and the end of its input at once. */
async function runTurn(
  store: AgentStore,
  runtimeId: string,
  runtime: LoadedRuntime,
  state: InputState,
  agent: Agent,
): Promise<void> {
  const prompt = promptOf(state);
  const snapshot = runtime.sessionSnapshot ?? encodeSession(newSession({ metadata: { title: titleOf(prompt) } }));
  const turn = await takeTurn(agent, state.input_id, readSession(snapshot).messages, prompt);
  const runId = newRunId();
  await store.commitSessionBoundary(runtimeId, {
    sessionDelta: { sessionSnapshot: appendToSession(snapshot, turn) },
    runId,
    boundary: "run_start",
    contributingInputIds: [state.input_id],
    inputUpdates: [consumedByRun(state, { runId })],
    operationId: state.input_id,
    expectedRevision: runtime.revision,
  });
}

/** The messages of one turn: the prompt, the assistant's calls with the tools' results, and its last word. */
async function takeTurn(
  agent: Agent,
  inputId: InputId,
  earlier: readonly Message[],
  prompt: string,
): Promise<readonly Message[]> {
  const turn: Message[] = [];
  const add = (message: Message): void => {
    turn.push(message);
    agent.onProgress?.(inputId, [...turn]);
  };
  add(userMessage(prompt));
  for (;;) {
    const answer = await agent.reply([...earlier, ...turn]);
    add(answer);
    const uses = answer.blocks.flatMap((block) => (block.block_type === "tool_use" ? [block.data] : []));
    if (uses.length === 0) return turn;
    add(toolResultsMessage(await Promise.all(uses.map((use) => agent.useTool(use)))));
  }
}

/**
 * Does the work of a runtime while no other tab does. Where there are no Web Locks (an insecure origin), turns may be
 * run twice, but `expectedRevision` still lets only one of them be committed.
 */
export function aloneWith<T>(runtimeId: string, work: () => Promise<T>): Promise<T> {
  const { locks } = (globalThis as { navigator?: { locks?: LockManager } }).navigator ?? {};
  return locks ? locks.request(`burrow-demo ${runtimeId}`, work) : work();
}

/** Another tab committed in the meantime: what is still to be done is found by loading the runtime again. */
function ignoreIfOvertaken(error: unknown): void {
  const isOvertaken =
    isRuntimeStoreError(error) && (error.code === "revision_conflict" || error.code === "operation_conflict");
  if (!isOvertaken) throw error;
}

function promptOf({ input_id, persisted_input: input }: InputState): string {
  if (input?.input_type === "prompt") return input.text;
  throw new Error(`input ${input_id} is not a prompt, the only kind that this agent takes`);
}

const titleOf = (prompt: string): string => prompt.trim().split("\n", 1).join("").slice(0, 60);
