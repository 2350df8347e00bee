import { newRunId, RuntimeStoreError } from "../../src/index.ts";
import { openIndexedDbRuntimeStore, storageReport } from "../../src/indexeddb/index.ts";
import { promptInput, queuedInputState } from "../../src/records/index.ts";
import { appendToSession, encodeSession, newSession, userMessage } from "../../src/session/index.ts";

const RUNTIME = "agent";
const SESSION = "0197d000-0000-7000-8000-000000000001";
const INPUTS = ["0197d000-0000-7000-8000-00000000000a", "0197d000-0000-7000-8000-00000000000b"] as const;

const openStore = () => openIndexedDbRuntimeStore({ name: "unreadable" });

/** Text that no compression brings under the 64 KiB from which on Chromium's LevelDB engine keeps a value in a file of its own. */
function largeText(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(60_000));
  return Array.from(bytes, (byte) => String.fromCharCode(0x4e00 + byte * 7)).join("");
}

const inputState = (id: string, text: string) => queuedInputState(promptInput(text, { id }));

/** The session, with metadata that make its catalog row large, or without. */
const snapshot = (metadata: Record<string, unknown>) =>
  appendToSession(encodeSession(newSession({ id: SESSION, metadata })), [userMessage("hello")]);

const boundary = (metadata: Record<string, unknown>) => ({
  runId: newRunId(),
  boundary: "run_start" as const,
  sessionDelta: { sessionSnapshot: snapshot(metadata) },
  contributingInputIds: [],
  inputUpdates: [],
});

/** A small input and a large one, and a session whose catalog row is large, as is a block of its body. */
export async function fill() {
  const store = await openStore();
  await store.persistInputState(RUNTIME, inputState(INPUTS[0], largeText()));
  await store.persistInputState(RUNTIME, inputState(INPUTS[1], "small"));
  await store.commitSessionBoundary(RUNTIME, boundary({ pictures: [largeText(), largeText()] }));
  await store.close();
}

/** What a call rejects with: its code and row. */
async function refusal(call: Promise<unknown>) {
  const error = await call.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  return error instanceof RuntimeStoreError ? { code: error.code, row: error.row } : "no refusal";
}

/** What is told of the large rows once their files are gone, and what can be done then. */
export async function readAndReplace() {
  const store = await openStore();
  const marked = await store.listInputStates(RUNTIME, { onCorrupt: "mark" });
  const sessions = await store.sessions.list({ onCorrupt: "mark" });
  const found = {
    load: await refusal(store.loadInputState(RUNTIME, INPUTS[0])),
    list: await refusal(store.loadInputStates(RUNTIME)),
    skipped: (await store.listInputStates(RUNTIME, { onCorrupt: "skip" })).map(({ input_id }) => input_id),
    marked: marked.map((each) => ("corrupt" in each ? each.corrupt.row : each.input_id)),
    sessions: sessions.map((each) => ("corrupt" in each ? each.corrupt.row : each.id)),
    findings: (await store.verifyRuntime(RUNTIME)).map(({ code, row }) => ({ code, row })),
    pruned: await store.pruneInputs(RUNTIME, { before: Number.MAX_SAFE_INTEGER }),
    rows: (await storageReport(store)).runtimes?.map(({ rows }) => rows),
  };
  await store.persistInputState(RUNTIME, inputState(INPUTS[0], "written again"));
  await store.commitSessionBoundary(RUNTIME, boundary({}));
  const replaced = {
    inputs: (await store.loadInputStates(RUNTIME)).map(({ input_id }) => input_id),
    sessions: (await store.sessions.list()).map(({ id }) => id),
    findings: (await store.verifyRuntime(RUNTIME)).filter(({ severity }) => severity === "error").length,
  };
  await store.close();
  return { found, replaced };
}
