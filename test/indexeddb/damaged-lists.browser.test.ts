import {
  type BurrowStore,
  type CommittedReceipt,
  type InputState,
  newRunId,
  type OnCorrupt,
  type ReceiptFilter,
  type RuntimeHead,
} from "burrow-store";
import { deleteIndexedDbRuntimeStore, openIndexedDbRuntimeStore } from "burrow-store/indexeddb";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  apply,
  boundary,
  conversation,
  delta,
  inputId,
  inputState,
  receipt,
  runId,
  sessionId,
} from "../../src/conformance/samples.ts";
import { change, forge, NAME, remove, stored } from "./stored-rows.ts";

const RUNTIME = "agent";
const RECEIPTS = "runtime_boundary_receipts";
const REVISIONS = "runtime_revisions";

let store: BurrowStore;

beforeEach(async () => {
  await deleteIndexedDbRuntimeStore(NAME);
  store = await openIndexedDbRuntimeStore({ name: NAME });
});

afterEach(() => store.close());

const damage = (table: string, key: (string | number)[]) => change(table, key, (row) => ({ ...row, extra: 1 }));

const marked = (table: string, key: (string | number)[]) => ({
  corrupt: expect.objectContaining({ code: "corrupt_record", row: { table, key } }) as unknown,
});

/** What a list gives for each choice: how it rejects, what it leaves, what it marks. */
async function expectLists<T>(
  list: (onCorrupt: OnCorrupt | undefined) => Promise<T[]>,
  sound: unknown[],
  ...rows: { table: string; key: (string | number)[] }[]
) {
  const error = { code: "corrupt_record", row: rows[0] };
  await expect(list("throw")).rejects.toMatchObject(error);
  await expect(list(undefined)).rejects.toMatchObject(error);
  expect(await list("skip")).toMatchObject(sound);
  expect(await list("mark")).toMatchObject([...sound, ...rows.map(({ table, key }) => marked(table, key))]);
}

test("a damaged head is named, left out or marked, and every other runtime is listed", async () => {
  for (const id of ["a", "b", "c", "gone"]) await store.persistRuntimeState(id, "idle");
  await store.deleteRuntime("gone");
  const row = { table: "runtime_heads", key: ["b"] };
  await damage(row.table, row.key);
  await expectLists((onCorrupt) => store.listRuntimes({ onCorrupt }), [{ runtime_id: "a" }, { runtime_id: "c" }], row);
});

test("who asks for no marks gets the plain type, and a mark is told from the rest by its member", async () => {
  await store.atomicApply(RUNTIME, apply({ receipt: receipt(), inputUpdates: [inputState(1), inputState(2)] }));
  await damage("runtime_input_states", [RUNTIME, inputId(1)]);
  const heads: RuntimeHead[] = await store.listRuntimes();
  const sound: InputState[] = await store.listInputStates(RUNTIME, { onCorrupt: "skip" });
  const filter: ReceiptFilter = { limit: 1 };
  const receipts: CommittedReceipt[] = await store.listBoundaryReceipts(RUNTIME, filter);
  expect([heads, sound, receipts]).toMatchObject([[{}], [{}], [{}]]);
  const states = await store.listInputStates(RUNTIME, { onCorrupt: "mark" });
  const told = states.map((state) => ("corrupt" in state ? state.corrupt.row?.key[1] : state.input_id));
  expect(told).toEqual([inputId(2), inputId(1)]);
});

test("a damaged input state is named, left out or marked, and every other one is listed", async () => {
  const inputStates = [1, 2, 3].map((n) => inputState(n));
  await store.atomicLifecycleCommit(RUNTIME, { runtimeState: "idle", inputStates });
  const rows = [1, 3].map((n) => ({ table: "runtime_input_states", key: [RUNTIME, inputId(n)] }));
  for (const { table, key } of rows) await damage(table, key);
  await expectLists((onCorrupt) => store.listInputStates(RUNTIME, { onCorrupt }), [inputState(2)], ...rows);
});

test("an input state whose record cannot be decoded is damage too, be its checksum right", async () => {
  await store.persistInputState(RUNTIME, inputState(1));
  const row = { table: "runtime_input_states", key: [RUNTIME, inputId(1)] };
  await forge("runtime_input_states", { ...(await stored(row.table, row.key)), record: "{" });
  await expectLists((onCorrupt) => store.listInputStates(RUNTIME, { onCorrupt }), [], row);
});

test("pruning leaves damaged input states and removes the other old ones", async () => {
  const inputStates = [1, 2, 3].map((n) => inputState(n, { current_state: "consumed" }));
  await store.atomicLifecycleCommit(RUNTIME, { runtimeState: "idle", inputStates });
  const row = { table: "runtime_input_states", key: [RUNTIME, inputId(2)] };
  await damage(row.table, row.key);
  expect(await store.pruneInputs(RUNTIME, { before: Date.now() })).toBe(2);
  expect(await store.listInputStates(RUNTIME, { onCorrupt: "mark" })).toEqual([marked(row.table, row.key)]);
});

test("a damaged session is named, left out or marked, whatever is asked for", async () => {
  for (const n of [1, 2, 3]) await store.sessions.save(conversation(sessionId(n), "hi"));
  const row = { table: "sessions", key: [sessionId(2)] };
  await damage(row.table, row.key);
  const ids = (...numbers: number[]) => numbers.map((n) => ({ id: sessionId(n) }));
  await expectLists((onCorrupt) => store.sessions.list({ onCorrupt }), ids(1, 3), row);
  await expectLists((onCorrupt) => store.sessions.list({ onCorrupt, limit: 1 }), ids(1), row);
  await expectLists((onCorrupt) => store.sessions.list({ onCorrupt, offset: 1 }), ids(3), row);
  await expectLists((onCorrupt) => store.sessions.list({ onCorrupt, createdAfter: Date.now() }), [], row);
});

test("a session whose metadata cannot be decoded is damage too, be its checksum right", async () => {
  await store.sessions.save(conversation(sessionId(1), "hi"));
  const row = { table: "sessions", key: [sessionId(1)] };
  await forge("sessions", { ...(await stored(row.table, row.key)), metadata_json: "{" });
  await expectLists((onCorrupt) => store.sessions.list({ onCorrupt }), [], row);
});

/** Four boundaries: of run 1, 2, 1, 2. */
async function fourBoundaries() {
  for (const [n, run] of [1, 2, 1, 2].entries()) {
    const sessionDelta = delta(conversation(sessionId(1), ...Array<string>(n).fill("hi")));
    await store.commitSessionBoundary(RUNTIME, boundary({ runId: runId(run), sessionDelta }));
  }
}

const revisions = (...numbers: number[]) => numbers.map((revision) => ({ revision }));
const receiptRow = (run: number, sequence: number) => ({ table: RECEIPTS, key: [RUNTIME, runId(run), sequence] });

test("a damaged receipt is named, left out or marked, in the lists in which it could be", async () => {
  await fourBoundaries();
  const row = receiptRow(1, 1);
  await damage(row.table, row.key);
  const list = (filter: object) => (onCorrupt: OnCorrupt | undefined) =>
    store.listBoundaryReceipts(RUNTIME, { ...filter, onCorrupt });
  await expectLists(list({}), revisions(1, 2, 4), row);
  await expectLists(list({ afterRevision: 2 }), revisions(4), row);
  await expectLists(list({ runId: runId(1) }), revisions(1), row);
  await expectLists(list({ runId: runId(1), limit: 1 }), revisions(1), row);
  expect(await list({ runId: runId(2) })("throw")).toMatchObject(revisions(2, 4));
  // Pages end at as many sound receipts as asked for, and never see the damage behind them.
  expect(await list({ limit: 2 })("throw")).toMatchObject(revisions(1, 2));
  await expectLists(list({ limit: 3 }), revisions(1, 2, 4), row);
  await expectLists(list({ limit: 9 }), revisions(1, 2, 4), row);
  await expectLists(list({ afterRevision: 2, limit: 1 }), revisions(4), row);
});

test("a damaged revision is damage to a page, and so is one whose receipt is not stored", async () => {
  await fourBoundaries();
  const damaged = { table: REVISIONS, key: [RUNTIME, 1] };
  const dangling = { table: REVISIONS, key: [RUNTIME, 3] };
  await damage(damaged.table, damaged.key);
  await remove(RECEIPTS, receiptRow(1, 1).key);
  const page = (limit: number) => (onCorrupt: OnCorrupt | undefined) =>
    store.listBoundaryReceipts(RUNTIME, { limit, onCorrupt });
  await expectLists(page(1), revisions(2), damaged);
  await expectLists(page(2), revisions(2, 4), damaged, dangling);
  expect(await store.listBoundaryReceipts(RUNTIME)).toMatchObject(revisions(1, 2, 4));
});

test("a list that marks what is damaged carries on where all is damaged", async () => {
  const run_id = newRunId();
  for (const sequence of [0, 1, 2]) {
    await store.atomicApply(RUNTIME, apply({ receipt: receipt({ run_id, sequence }) }));
    await damage(RECEIPTS, [RUNTIME, run_id, sequence]);
  }
  expect(await store.listBoundaryReceipts(RUNTIME, { limit: 1, onCorrupt: "skip" })).toEqual([]);
  expect(await store.listBoundaryReceipts(RUNTIME, { limit: 1, onCorrupt: "mark" })).toHaveLength(3);
});

test("runtimes are measured whatever is damaged", async () => {
  await store.commitSessionBoundary(RUNTIME, boundary());
  await store.persistInputState("other", inputState(1));
  const [whole, other] = await store.measureRuntimes();
  await change("runtime_heads", [RUNTIME], (row) => ({ ...row, byte_length: 1n }));
  await change("runtime_revisions", [RUNTIME, 1], (row) => ({ ...row, run_id: { deep: [] } }));
  await remove("runtime_heads", ["other"]);
  const [damaged, headless] = await store.measureRuntimes();
  expect(damaged).toMatchObject({ runtime_id: RUNTIME, rows: whole?.rows, snapshot_bytes: 0 });
  expect(headless).toMatchObject({ runtime_id: "other", rows: (other?.rows ?? 0) - 1, snapshot_bytes: 0 });
});
