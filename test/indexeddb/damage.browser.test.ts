import type { BurrowStore } from "burrow-store";
import { newInputId, newRunId, newSessionId } from "burrow-store";
import { deleteIndexedDbRuntimeStore, openIndexedDbRuntimeStore } from "burrow-store/indexeddb";
import { promptInput, queuedInputState } from "burrow-store/records";
import { appendToSession, encodeSession, newSession, userMessage } from "burrow-store/session";
import { openDB } from "idb";
import { afterEach, beforeEach, expect, test } from "vitest";
import { change, NAME } from "./stored-rows.ts";

const RUNTIME = "agent";
const RUN = newRunId();

let store: BurrowStore;

beforeEach(async () => {
  await deleteIndexedDbRuntimeStore(NAME);
  store = await openIndexedDbRuntimeStore({ name: NAME });
});

afterEach(() => store.close());

/** A runtime with a snapshot of several blocks, one receipt and two inputs. */
async function fill() {
  const inputs = ["one", "two"].map((text) => queuedInputState(promptInput(text, { id: newInputId() })));
  const receipt = await store.commitSessionBoundary(RUNTIME, {
    runId: RUN,
    boundary: "run_start",
    sessionDelta: { sessionSnapshot: appendToSession(undefined, [userMessage("x".repeat(600_000))]) },
    contributingInputIds: [],
    inputUpdates: inputs,
    operationId: "operation",
  });
  return { inputs, receipt };
}

const commit = (sessionSnapshot: Uint8Array) =>
  store.commitSessionBoundary(RUNTIME, {
    runId: RUN,
    boundary: "run_start",
    sessionDelta: { sessionSnapshot },
    contributingInputIds: [],
    inputUpdates: [],
  });

const bodyId = async () => {
  const database = await openDB(NAME);
  const [row] = (await database.getAll("runtime_heads")) as { body_id: string }[];
  database.close();
  return row?.body_id ?? "";
};

const corrupt = (table: string, key: unknown[]) => ({
  code: "corrupt_record",
  kind: "read_failed",
  row: { table, key },
});

test("one changed letter of an input state is an error that names the row, and the rest can be read", async () => {
  const { inputs } = await fill();
  const [first, second] = inputs.map(({ input_id }) => input_id);
  const table = "runtime_input_states";
  await change(table, [RUNTIME, first ?? ""], (row) => ({
    ...row,
    record: String(row.record).replace("queued", "staged"),
  }));
  const damaged = corrupt(table, [RUNTIME, first]);
  await expect(store.loadInputState(RUNTIME, first ?? "")).rejects.toMatchObject(damaged);
  await expect(store.loadInputStates(RUNTIME)).rejects.toMatchObject(damaged);
  await expect(store.loadRuntime(RUNTIME)).rejects.toMatchObject(damaged);
  const rest = await store.listInputStates(RUNTIME, { onCorrupt: "skip" });
  expect(rest.map(({ input_id }) => input_id)).toEqual([second]);
  expect(await store.loadInputState(RUNTIME, second ?? "")).toMatchObject({ input_id: second });
});

/** Flips one bit in the first block of the only body. */
async function damageBody() {
  const id = await bodyId();
  await change("session_bodies", [id, 0], (row) => {
    const bytes = new Uint8Array(row.bytes as Uint8Array<ArrayBuffer>);
    bytes[1000] = (bytes[1000] ?? 0) ^ 1;
    return { ...row, bytes };
  });
  return corrupt("session_bodies", [id, 0]);
}

test("a body that was found damaged, here or in another tab, is written whole by the next boundary", async () => {
  await fill();
  const other = await openIndexedDbRuntimeStore({ name: NAME });
  let snapshot = await store.loadSessionSnapshot(RUNTIME);
  const finders: Record<string, () => Promise<unknown>> = {
    "a load that nobody waited for": () => store.loadSessionSnapshot(RUNTIME),
    "a dump": () => store.dumpRuntime(RUNTIME),
    "another tab": () => other.loadSessionSnapshot(RUNTIME),
  };
  for (const [name, find] of Object.entries(finders)) {
    const damaged = await damageBody();
    const finding = expect(find(), name).rejects.toMatchObject(damaged);
    if (name === "another tab") {
      await finding;
      await new Promise((resolve) => setTimeout(resolve, 100)); // until it has told
    }
    snapshot = appendToSession(snapshot, [userMessage(name)]);
    await commit(snapshot);
    await finding;
    expect(await other.loadSessionSnapshot(RUNTIME), name).toEqual(snapshot);
    await store.close();
    store = await openIndexedDbRuntimeStore({ name: NAME });
    await store.loadSessionSnapshot(RUNTIME);
  }
  await other.close();
});

test("a damaged input state stays as it is until it is upserted", async () => {
  const [input] = (await fill()).inputs;
  if (!input) throw new Error("no input");
  await change("runtime_input_states", [RUNTIME, input.input_id], (row) => ({ ...row, record: "{" }));
  await expect(store.loadInputState(RUNTIME, input.input_id)).rejects.toMatchObject({ code: "corrupt_record" });
  await store.persistRuntimeState(RUNTIME, "idle");
  await expect(store.loadInputState(RUNTIME, input.input_id)).rejects.toMatchObject({ code: "corrupt_record" });
  await store.persistInputState(RUNTIME, input);
  expect(await store.loadInputState(RUNTIME, input.input_id)).toEqual(input);
});

test("a changed receipt, head or catalog row is an error that names it", async () => {
  const { receipt } = await fill();
  const key = [RUNTIME, RUN, receipt.sequence];
  await change("runtime_boundary_receipts", key, (row) => ({ ...row, minted: false }));
  const damaged = corrupt("runtime_boundary_receipts", key);
  await expect(store.loadBoundaryReceipt(RUNTIME, RUN, 0)).rejects.toMatchObject(damaged);
  await expect(store.listBoundaryReceipts(RUNTIME)).rejects.toMatchObject(damaged);
  await expect(store.findBoundaryReceipt(RUNTIME, "operation")).rejects.toMatchObject(damaged);
  await change("runtime_heads", [RUNTIME], (row) => ({ ...row, revision: 7 }));
  await expect(store.loadRuntimeHead(RUNTIME)).rejects.toMatchObject(corrupt("runtime_heads", [RUNTIME]));
  const [{ id } = { id: "" }] = await store.sessions.list();
  await change("sessions", [id], (row) => ({ ...row, extra: 1 }));
  await expect(store.sessions.list()).rejects.toMatchObject(corrupt("sessions", [id]));
});

test("a flipped bit of a snapshot is an error that names its block", async () => {
  await fill();
  const id = await bodyId();
  await change("session_bodies", [id, 1], (row) => {
    const bytes = row.bytes as Uint8Array;
    bytes[99] = (bytes[99] ?? 0) ^ 1;
    return row;
  });
  const damaged = corrupt("session_bodies", [id, 1]);
  await expect(store.loadSessionSnapshot(RUNTIME)).rejects.toMatchObject(damaged);
  await expect(store.loadRuntime(RUNTIME)).rejects.toMatchObject(damaged);
  expect(await store.loadRuntimeHead(RUNTIME)).toMatchObject({ revision: 1 });
});

test.each([0, 1, 2])("a snapshot without its block %d is an error, never a shorter snapshot", async (block) => {
  await fill();
  const id = await bodyId();
  const database = await openDB(NAME);
  await database.delete("session_bodies", [id, block]);
  database.close();
  await expect(store.loadSessionSnapshot(RUNTIME)).rejects.toMatchObject({ code: "corrupt_record" });
  const session = (await store.sessions.list())[0]?.id ?? "";
  await expect(store.sessions.load(session)).rejects.toMatchObject({ code: "corrupt_record" });
});

test("a block of an earlier snapshot in the place of a later one is an error, never a mixture", async () => {
  const session = newSessionId();
  const snapshotOf = (letter: string) =>
    encodeSession({ ...newSession({ id: session, at: 0 }), messages: [userMessage(letter.repeat(600_000))] });
  const commit = (letter: string) =>
    store.commitSessionBoundary(RUNTIME, {
      runId: RUN,
      boundary: "run_start",
      sessionDelta: { sessionSnapshot: snapshotOf(letter) },
      contributingInputIds: [],
      inputUpdates: [],
    });
  await commit("a");
  const id = await bodyId();
  const database = await openDB(NAME);
  const earlier: unknown = await database.get("session_bodies", [id, 1]);
  await commit("b");
  await database.put("session_bodies", earlier);
  database.close();
  const damaged = corrupt("session_bodies", [id]);
  await expect(store.loadSessionSnapshot(RUNTIME)).rejects.toMatchObject(damaged);
  await expect(store.sessions.load(session)).rejects.toMatchObject(damaged);
});

test("a damaged catalog row holds up no commit, no save and no deletion", async () => {
  await fill();
  const [{ id } = { id: "" }] = await store.sessions.list();
  const snapshot = (await store.loadSessionSnapshot(RUNTIME)) ?? new Uint8Array();
  const damage = () => change("sessions", [id], (row) => ({ ...row, byte_length: 1n }));

  await damage();
  await expect(store.sessions.load(id)).rejects.toMatchObject(corrupt("sessions", [id]));
  await store.sessions.save(snapshot);
  expect(await store.sessions.exists(id)).toBe(true);

  await damage();
  await commit(snapshot);
  expect(await store.sessions.list()).toMatchObject([{ id }]);

  await damage();
  await store.deleteRuntime("another", { withSessions: true });
  await store.sessions.delete(id);
  expect(await store.sessions.list()).toEqual([]);
  expect(await store.loadSessionSnapshot(RUNTIME)).toEqual(snapshot);
});

test("a runtime with a damaged head can be deleted, and its revision goes on", async () => {
  await fill();
  await change("runtime_heads", [RUNTIME], (row) => ({ ...row, byte_length: 1 }));
  await expect(store.persistRuntimeState(RUNTIME, "idle")).rejects.toMatchObject(corrupt("runtime_heads", [RUNTIME]));
  await store.deleteRuntime(RUNTIME, { withSessions: true });
  expect(await store.loadRuntime(RUNTIME)).toMatchObject({ revision: 1, head: undefined, pendingInputs: [] });
  expect(await store.listRuntimes()).toEqual([]);
  expect(await store.sessions.list()).toEqual([]);
});
