import type { BurrowStore, VerifyFinding } from "burrow-store";
import { deleteIndexedDbRuntimeStore, openIndexedDbRuntimeStore } from "burrow-store/indexeddb";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  apply,
  boundary,
  conversation,
  delta,
  inputId,
  inputState,
  opsSnapshot,
  receipt,
  runId,
  sessionId,
} from "../../src/conformance/samples.ts";
import { checksum } from "../../src/engine/index.ts";
import { change, everyRow, forge, NAME, put, remove, stored } from "./stored-rows.ts";

const R = "agent";
const HEAD = ["runtime_heads", [R]] as const;
const FIRST = ["runtime_boundary_receipts", [R, runId(1), 0]] as const;
const LAST = ["runtime_boundary_receipts", [R, runId(1), 1]] as const;
const REVISION = ["runtime_revisions", [R, 2]] as const;
const OPERATION = ["runtime_operations", [R, "two"]] as const;
const INPUT = ["runtime_input_states", [R, inputId(2)]] as const;
const STATE = ["runtime_states", [R]] as const;
const OPS = ["runtime_ops_lifecycle", [R]] as const;
const SESSION = ["sessions", [sessionId(1)]] as const;

type At = readonly [table: Parameters<typeof forge>[0], key: readonly (string | number)[]];

let store: BurrowStore;

/** A runtime with something in every table: two boundaries of one run, each of an operation and with an input. */
beforeEach(async () => {
  await deleteIndexedDbRuntimeStore(NAME);
  store = await openIndexedDbRuntimeStore({ name: NAME });
  await store.persistRuntimeState(R, "idle");
  await store.persistOpsLifecycle(R, opsSnapshot(1));
  await commit(1, "one", "hello");
  await commit(2, "two", "hello", "x".repeat(300_000));
});

afterEach(() => store.close());

const commit = (input: number, operationId: string, ...turns: string[]) =>
  store.commitSessionBoundary(
    R,
    boundary({
      sessionDelta: delta(conversation(sessionId(1), ...turns)),
      contributingInputIds: [inputId(input)],
      inputUpdates: [inputState(input)],
      operationId,
    }),
  );

/** What a verification finds, which changes nothing that is stored. */
async function findings(runtimeId = R): Promise<Omit<VerifyFinding, "message">[]> {
  const before = await everyRow();
  const found = await store.verifyRuntime(runtimeId);
  expect(await everyRow()).toBe(before);
  return found.map(({ code, severity, row }) => ({ code, severity, row }));
}

type Expected = readonly [code: VerifyFinding["code"], at: readonly [table: string, key: readonly unknown[]]];

const NOTICES = ["sequence_gap", "dangling_input", "dangling_stamp"];

const due = (...expected: Expected[]) =>
  expected.map(([code, [table, key]]) => ({
    code,
    severity: NOTICES.includes(code) ? "notice" : "error",
    row: { table, key },
  }));

/** Stores a row with other members and a checksum that fits. */
const forged = async ([table, key]: At, members: object) => {
  await forge(table, { ...(await stored(table, key)), ...members });
};

const recordOf = async ([table, key]: At) =>
  JSON.parse(String((await stored(table, key)).record)) as Record<string, unknown>;

const bodyOf = async ([table, key]: At) => String((await stored(table, key)).body_id);

test("a sound runtime has no findings", async () => {
  expect(await findings()).toEqual([]);
});

test.each<[string, At]>([
  ["head", HEAD],
  ["receipt", FIRST],
  ["revision", REVISION],
  ["operation", OPERATION],
  ["input state", INPUT],
  ["runtime state", STATE],
  ["ops snapshot", OPS],
  ["session", SESSION],
])("a %s of which everything changed but its key is one damaged row", async (_, at) => {
  const [table, key] = at;
  await change(table, key, (row) =>
    Object.fromEntries(Object.entries(row).map(([name, value]) => [name, key.includes(value as string) ? value : "?"])),
  );
  expect(await findings()).toEqual(due(["damaged_row", at]));
});

test.each<[string, At, object]>([
  ["an input state that is no JSON", INPUT, { record: "{" }],
  ["an input state of an unknown format", INPUT, { format: "xml" }],
  ["an input state that lacks members", INPUT, { record: "{}" }],
  ["a receipt that lacks members", FIRST, { record: "{}" }],
  ["an ops snapshot that lacks members", OPS, { record: "{}" }],
  ["a runtime state that there is not", STATE, { state: "asleep" }],
])("%s is a damaged row, be its checksum right", async (_, at, members) => {
  await forged(at, members);
  expect(await findings()).toEqual(due(["damaged_row", at]));
});

test.each<[string, At, object]>([
  ["input state", INPUT, { input_id: inputId(1) }],
  ["receipt", FIRST, { sequence: 7 }],
])("an %s under another's key is a damaged row", async (_, at, members) => {
  await forged(at, { record: JSON.stringify({ ...(await recordOf(at)), ...members }) });
  expect(await findings()).toEqual(due(["damaged_row", at]));
});

test("a flipped bit of a snapshot is a damaged body, and its block is named", async () => {
  const block = ["session_bodies", [await bodyOf(HEAD), 1]] as const;
  await change(...block, (row) => {
    const bytes = row.bytes as Uint8Array;
    bytes[99] = (bytes[99] ?? 0) ^ 1;
    return row;
  });
  expect(await findings()).toEqual(due(["damaged_body", block]));
});

test("a missing snapshot, or one with a block too many, is a damaged body", async () => {
  const id = await bodyOf(HEAD);
  const last = await stored("session_bodies", [id, 1]);
  await put("session_bodies", { ...last, block: 2 });
  expect(await findings()).toEqual(due(["damaged_body", ["session_bodies", [id]]]));
  for (const block of [0, 1, 2]) await remove("session_bodies", [id, block]);
  expect(await findings()).toEqual(due(["damaged_body", ["session_bodies", [id]]]));
});

test.each([{ byte_length: 1 }, { body_seal: 1 }])("a snapshot that is not of %o is a damaged body", async (members) => {
  await forged(HEAD, members);
  expect(await findings()).toEqual(due(["damaged_body", ["session_bodies", [await bodyOf(HEAD)]]]));
});

test("a head that names what cannot be a key is no reason to fail, be its checksum right", async () => {
  for (const members of [
    { run_id: true, body_id: true },
    { run_id: runId(1), sequence: true },
  ]) {
    await forged(HEAD, members);
    expect(await findings()).toEqual(due(["missing_receipt", HEAD]));
  }
});

test("a head of values that no row is written with is damage, be its checksum right", async () => {
  for (const members of [{ run_id: null }, { run_id: runId(1), sequence: Number.NaN }]) {
    await forged(HEAD, members);
    expect(await findings()).toEqual(due(["damaged_row", HEAD]));
  }
});

/** Stores a snapshot of one block, as a head or a catalog row would have to name it. */
async function putBody(body_id: string, bytes: Uint8Array) {
  const block = { body_id, block: 0, bytes, checksum: checksum(bytes) };
  await put("session_bodies", block);
  const body_seal = checksum(new Uint8Array(Uint32Array.of(block.checksum).buffer));
  return { body_id, body_seal, byte_length: bytes.length };
}

test("a snapshot that is no session is a damaged body, be its checksums right", async () => {
  await forged(HEAD, await putBody("no session", new TextEncoder().encode('{"messages":[]}')));
  expect(await findings()).toEqual(due(["damaged_body", ["session_bodies", ["no session"]]]));
});

test.each([{ conversation_digest: "0".repeat(64) }, { message_count: 1 }, { session_id: sessionId(9) }])(
  "a head of other %o than its snapshot's does not match",
  async (members) => {
    await forged(HEAD, members);
    expect(await findings()).toEqual(due(["head_mismatch", HEAD]));
  },
);

test.each([{ conversation_digest: "0".repeat(64) }, { message_count: 1 }])(
  "a minted last receipt of other %o than its snapshot's does not match",
  async (members) => {
    await forged(LAST, { record: JSON.stringify({ ...(await recordOf(LAST)), ...members }) });
    expect(await findings()).toEqual(due(["receipt_mismatch", LAST]));
    await forged(LAST, { minted: false });
    expect(await findings()).toEqual(due(["missing_row", HEAD]));
  },
);

test.each([
  { conversation_digest: "0".repeat(64) },
  { message_count: 1 },
  { created_at_ms: 1 },
  { updated_at_ms: 1 },
  { total_tokens: 1 },
  { metadata_json: '{"a":1}' },
  { byte_length: 1 },
  { body_seal: 1 },
])("a session of other %o than its snapshot's does not match", async (members) => {
  await forged(SESSION, members);
  expect(await findings()).toEqual(due(["session_mismatch", SESSION]));
});

test("a head of an earlier time is behind the last revision", async () => {
  const earlier = await stored(...HEAD);
  await store.atomicApply(R, apply({ receipt: receipt({ run_id: runId(1), sequence: 2 }) }));
  await put(HEAD[0], earlier);
  expect(await findings()).toEqual(due(["revision_mismatch", HEAD]));
});

test("whatever names a receipt that is not stored is found", async () => {
  await remove(...LAST);
  expect(await findings()).toEqual(
    due(
      ["missing_receipt", HEAD],
      ["missing_receipt", REVISION],
      ["missing_receipt", OPERATION],
      ["dangling_stamp", INPUT],
    ),
  );
});

test("whatever names another's receipt is found, and so is the receipt that nothing names", async () => {
  await forged(REVISION, { sequence: 0 });
  await forged(OPERATION, { sequence: 0 });
  expect(await findings()).toEqual(
    due(
      ["unlisted_receipt", LAST],
      ["unlisted_receipt", LAST],
      ["missing_receipt", REVISION],
      ["missing_receipt", OPERATION],
    ),
  );
});

test("a receipt without its revision, or its operation, is found", async () => {
  const first = ["runtime_revisions", [R, 1]] as const;
  await remove(...first);
  expect(await findings()).toEqual(due(["unlisted_receipt", FIRST]));
  await remove(...OPERATION);
  expect(await findings()).toEqual(due(["unlisted_receipt", FIRST], ["unlisted_receipt", LAST]));
});

const WITHOUT_HEAD = [
  ["orphaned_row", FIRST],
  ["orphaned_row", LAST],
  ["orphaned_row", ["runtime_revisions", [R, 1]]],
  ["orphaned_row", REVISION],
  ["orphaned_row", ["runtime_operations", [R, "one"]]],
  ["orphaned_row", OPERATION],
  ["orphaned_row", ["runtime_input_states", [R, inputId(1)]]],
  ["orphaned_row", INPUT],
  ["orphaned_row", STATE],
  ["orphaned_row", OPS],
] as const;

test("all rows of a runtime without a head are found", async () => {
  await remove(...HEAD);
  expect(await findings()).toEqual(due(...WITHOUT_HEAD));
});

test("a row that is left of a deleted runtime is found", async () => {
  const row = await stored(...INPUT);
  await store.deleteRuntime(R);
  expect(await findings()).toEqual([]);
  await put(INPUT[0], row);
  expect(await findings()).toEqual(due(["orphaned_row", INPUT]));
});

test("a snapshot that belongs to nobody is found by every verification", async () => {
  await putBody("nobody's", new Uint8Array(9));
  const orphan = due(["orphaned_body", ["session_bodies", ["nobody's"]]]);
  expect(await findings()).toEqual(orphan);
  expect(await findings("nobody")).toEqual(orphan);
});

test("the sessions that a runtime wrote before are verified with it", async () => {
  await store.commitSessionBoundary(R, boundary({ sessionDelta: delta(conversation(sessionId(2), "hi")) }));
  expect(await findings()).toEqual([]);
  await forged(SESSION, { message_count: 9 });
  expect(await findings()).toEqual(due(["session_mismatch", SESSION]));
  expect(await findings("another")).toEqual(due(["missing_row", ["sessions", []]]));
});

test.each<[string, At]>([
  ["input state", ["runtime_input_states", [R, inputId(3)]]],
  ["runtime state", STATE],
  ["ops snapshot", OPS],
])("an %s that is gone, or is again what it was, is missed", async (_, at) => {
  const write = async (n: number) => {
    await store.persistInputState(R, inputState(3, { recovery_count: n }));
    await store.persistRuntimeState(R, n === 1 ? "running" : "idle");
    await store.persistOpsLifecycle(R, opsSnapshot(n));
  };
  await write(1);
  const earlier = await stored(...at);
  await write(2);
  expect(await findings()).toEqual([]);
  const later = await stored(...at);
  await remove(...at);
  expect(await findings()).toEqual(due(["missing_row", HEAD]));
  await put(at[0], earlier);
  expect(await findings()).toEqual(due(["missing_row", HEAD]));
  await put(at[0], later);
  expect(await findings()).toEqual([]);
  await remove(...at);
  await store.deleteRuntime(R);
  expect(await findings()).toEqual([]);
});

test("a session that is gone is missed by every verification", async () => {
  await store.sessions.save(conversation(sessionId(2), "nobody's"));
  const session = await stored("sessions", [sessionId(2)]);
  await remove("sessions", [sessionId(2)]);
  for (const runtime of [R, "another"]) {
    expect((await findings(runtime)).map(({ code }) => code)).toEqual(["missing_row", "orphaned_body"]);
  }
  await put("sessions", session);
  expect(await findings()).toEqual([]);
});

test("a damaged row that is written over is counted as one row", async () => {
  await change(...INPUT, (row) => ({ ...row, checksum: 1 }));
  expect(await findings()).toEqual(due(["damaged_row", INPUT]));
  await store.persistInputState(R, inputState(2));
  expect(await findings()).toEqual([]);
  await remove(...INPUT);
  expect(await findings()).toEqual(due(["dangling_input", LAST], ["missing_row", HEAD]));
});

const TALLY = ["tallies", ["runtime agent"]] as const;
const CATALOG_TALLY = ["tallies", ["sessions"]] as const;

const tallyDamage: readonly (readonly [string, (row: Record<string, unknown>) => object])[] = [
  ["of text", (row) => ({ ...row, rows: String(row.rows) })],
  ["of a flipped bit", (row) => ({ ...row, rows: Number(row.rows) ^ 4 })],
  ["of another sum", (row) => ({ ...row, sum: Number(row.sum) ^ 1 })],
  ["without a checksum", ({ owner, rows, sum }) => ({ owner, rows, sum })],
  ["of nothing but its owner", ({ owner }) => ({ owner })],
];

test.each(tallyDamage)("a tally %s is a damaged row, and stays one until its runtime is deleted", async (_, edit) => {
  await change(...TALLY, edit);
  const damaged = await stored(...TALLY);
  expect(await findings()).toEqual(due(["damaged_row", TALLY]));
  await store.persistInputState(R, inputState(3));
  await commit(2, "three", "hello again");
  expect(await stored(...TALLY)).toEqual(damaged);
  expect(await findings()).toEqual(due(["damaged_row", TALLY]));
  expect(await findings("another")).toEqual([]);
  await store.deleteRuntime(R);
  expect(await findings()).toEqual([]);
  await store.persistRuntimeState(R, "idle");
  await remove(...STATE);
  expect(await findings()).toEqual(due(["missing_row", HEAD]));
});

test.each(tallyDamage)("a tally of the catalog %s is one until the catalog is empty", async (_, edit) => {
  await change(...CATALOG_TALLY, edit);
  await store.sessions.save(conversation(sessionId(2), "nobody's"));
  for (const runtime of [R, "another"]) expect(await findings(runtime)).toEqual(due(["damaged_row", CATALOG_TALLY]));
  await store.sessions.delete(sessionId(1));
  expect(await findings()).toEqual(due(["damaged_row", CATALOG_TALLY]));
  await store.sessions.delete(sessionId(2));
  expect(await findings()).toEqual([]);
});

test("a damaged tally of the catalog hides no row of a runtime, nor the other way round", async () => {
  await change(...CATALOG_TALLY, (row) => ({ ...row, rows: 9 }));
  await remove(...STATE);
  expect(await findings()).toEqual(due(["damaged_row", CATALOG_TALLY], ["missing_row", HEAD]));
});

test("a row that was lost, or of an earlier time, is missed until its runtime is deleted, be it written again", async () => {
  const earlier = await stored(...STATE);
  await store.persistRuntimeState(R, "running");
  await put(STATE[0], earlier);
  await store.persistRuntimeState(R, "running");
  expect(await findings()).toEqual(due(["missing_row", HEAD]));
  await store.deleteRuntime(R);
  await store.persistRuntimeState(R, "idle");
  expect(await findings()).toEqual([]);
  await remove(...STATE);
  await store.persistRuntimeState(R, "idle");
  expect(await findings()).toEqual(due(["missing_row", HEAD]));
  await store.deleteRuntime(R);
  expect(await findings()).toEqual([]);
});

test.each([
  ["one by one", () => store.sessions.delete(sessionId(1))],
  ["with their runtime", () => store.deleteRuntime(R, { withSessions: true })],
])("a session is missed until all others are deleted, %s; then they are counted anew", async (_, deleteLast) => {
  await store.sessions.save(conversation(sessionId(2), "nobody's"));
  const { body_id } = await stored("sessions", [sessionId(2)]);
  await remove("sessions", [sessionId(2)]);
  await remove("session_bodies", [String(body_id), 0]);
  const missing = due(["missing_row", ["sessions", []]]);
  expect(await findings("another")).toEqual(missing);
  await store.sessions.save(conversation(sessionId(3), "another's"));
  await store.sessions.delete(sessionId(3));
  expect(await findings("another")).toEqual(missing);
  await deleteLast();
  expect(await findings()).toEqual([]);
  await store.sessions.save(conversation(sessionId(4), "after"));
  expect(await findings()).toEqual([]);
  await remove("sessions", [sessionId(4)]);
  expect((await findings()).map(({ code }) => code)).toEqual(["missing_row", "orphaned_body"]);
});

test("a catalog that nobody has counted is counted from when it is empty", async () => {
  await remove(...CATALOG_TALLY);
  await store.sessions.save(conversation(sessionId(2), "nobody's"));
  await remove("sessions", [sessionId(2)]);
  expect((await findings()).map(({ code }) => code)).toEqual(["orphaned_body"]);
  await store.sessions.delete(sessionId(1));
  await store.sessions.save(conversation(sessionId(3), "counted"));
  await remove("sessions", [sessionId(3)]);
  expect((await findings()).map(({ code }) => code)).toEqual(["missing_row", "orphaned_body", "orphaned_body"]);
});

test("the session of a head is verified with it also when it was saved by hand since", async () => {
  await store.sessions.save(conversation(sessionId(1), "by hand"));
  await store.sessions.save(conversation(sessionId(2), "nobody's"));
  expect(await findings()).toEqual([]);
  await remove("session_bodies", [await bodyOf(SESSION), 0]);
  await forged(["sessions", [sessionId(2)]], { message_count: 9 });
  expect(await findings()).toEqual(due(["damaged_body", ["session_bodies", [await bodyOf(SESSION)]]]));
});

test("all that is wrong is found at once, in the order of tables, then snapshots", async () => {
  const id = await bodyOf(HEAD);
  await putBody("nobody's", new Uint8Array(9));
  await remove("session_bodies", [id, 0]);
  await remove(...OPERATION);
  await change(...INPUT, (row) => ({ ...row, record: 1n }));
  await change(...SESSION, (row) => ({ ...row, created_at_ms: { deep: [] } }));
  expect(await findings()).toEqual(
    due(
      ["unlisted_receipt", LAST],
      ["damaged_row", INPUT],
      ["damaged_row", SESSION],
      ["damaged_body", ["session_bodies", [id, 0]]],
      ["orphaned_body", ["session_bodies", ["nobody's"]]],
    ),
  );
});
