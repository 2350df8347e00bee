import { beforeEach, expect, test } from "vitest";
import { eventInputState, inputId, inputState, runId, sessionId, snapshot } from "../../src/conformance/samples.ts";
import { isRuntimeStoreError } from "../../src/index.ts";
import { createMemoryRuntimeStore } from "../../src/memory/index.ts";
import { formatInputState, parseBoundaryReceiptJson } from "../../src/records/index.ts";
import { wireStore } from "../../src/wire/index.ts";

let store = createMemoryRuntimeStore();
let wire = wireStore(store);
beforeEach(() => {
  store = createMemoryRuntimeStore();
  wire = wireStore(store);
});

const body = snapshot(sessionId(1));
const text = (n: number): string => formatInputState(inputState(n));
const commit = (inputUpdates: unknown, expectedRevision?: bigint | number | null): Promise<string> =>
  wire.commitSessionBoundary("r", body, runId(1), "run_start", [], inputUpdates as string[], null, expectedRevision);

test("text that is no JSON is refused with the argument and the byte", async () => {
  const found = { kind: "write_failed", code: "invalid_input", path: "inputUpdates[1]", byteOffset: 14 };
  await expect(commit([text(1), '{"input_id": \u00e9'])).rejects.toMatchObject({ ...found, byteOffset: 13 });
  await expect(commit([text(1), `${text(2)} ,`])).rejects.toMatchObject({
    ...found,
    byteOffset: new TextEncoder().encode(text(2)).length + 1,
  });
  await expect(wire.persistOpsLifecycle("r", "")).rejects.toMatchObject({ path: "snapshot", byteOffset: 0 });
  expect(await wire.listRuntimes()).toEqual([]);
});

test("text that is no such record is refused with the member's path, by the native parser's rules", async () => {
  const twice = text(1).replace("{", '{"attempt_count":0,');
  await expect(commit([text(2), twice])).rejects.toMatchObject({ path: "inputUpdates[1].attempt_count" });
  await expect(wire.atomicApply("r", null, "{}", [])).rejects.toMatchObject({ path: "receipt.run_id" });
  await expect(wire.persistInputState("r", "null")).rejects.toMatchObject({ path: "state" });
});

test.each([undefined, null, 7, {}, "[]", new Uint8Array(2)])("%o is no list of records", async (given) => {
  await expect(commit(given)).rejects.toMatchObject({ code: "invalid_input", path: "inputUpdates" });
  const at = { code: "invalid_input", path: "inputUpdates[0]" };
  if (given !== "[]") await expect(commit([given])).rejects.toMatchObject(at);
});

test("records come back as the text that the native runtime would write", async () => {
  const written = await commit([text(1)]);
  const receipt = parseBoundaryReceiptJson(written);
  expect(await wire.loadBoundaryReceipt("r", runId(1), 0)).toBe(written);
  const stamped = formatInputState({ ...inputState(1), last_run_id: receipt.run_id, last_boundary_sequence: 0 });
  expect(await wire.loadInputStates("r")).toEqual([stamped]);
  expect(await wire.loadInputState("r", inputId(1))).toBe(stamped);
  const { head, ...loaded } = await wire.loadRuntime("r");
  const pendingInputs = [{ state: stamped, receipt: written }];
  expect(loaded).toEqual({ revision: 1n, runtimeState: null, sessionSnapshot: body, pendingInputs });
  expect(JSON.parse(head ?? "")).toEqual(await store.loadRuntimeHead("r"));
});

test("a u64 is taken as bigint and as number", async () => {
  await commit([], 0n);
  await commit([], 1);
  await expect(commit([], 1n)).rejects.toMatchObject({ code: "revision_conflict", head: { revision: 2 } });
  expect(await wire.loadBoundaryReceipt("r", runId(1), 1n)).toBe(await wire.loadBoundaryReceipt("r", runId(1), 1));
  await expect(wire.loadBoundaryReceipt("r", runId(1), 2n ** 63n)).rejects.toMatchObject({ path: "sequence" });
  expect((await wire.listSessions(1_700_000_000_000n, 0n, 1n, 0n)).length).toBe(1);
  expect(await wire.listSessions(1_700_000_000_001n)).toEqual([]);
});

test("what is not there is null, and null or nothing stands for what is not given", async () => {
  expect(await wire.loadBoundaryReceipt("r", runId(1), 0)).toBeNull();
  expect(await wire.loadSessionSnapshot("r")).toBeNull();
  expect(await wire.loadInputState("r", inputId(1))).toBeNull();
  expect(await wire.loadRuntimeState("r")).toBeNull();
  expect(await wire.loadOpsLifecycle("r")).toBeNull();
  expect(await wire.findBoundaryReceipt("r", "o")).toBeNull();
  expect(await wire.loadSession(sessionId(1))).toBeNull();
  const nothing = { revision: 0n, head: null, runtimeState: null, sessionSnapshot: null, pendingInputs: [] };
  expect(await wire.loadRuntime("r")).toEqual(nothing);
  for (const absent of [null, undefined]) await commit([], absent);
  const receipt = (await commit([])).replace('"sequence":2', '"sequence":9');
  await wire.atomicApply("r", undefined, receipt, [], null, null);
  expect((await wire.loadRuntime("r")).revision).toBe(4n);
});

test("an operation that was repeated, or whose answer was lost, is found", async () => {
  const operation = [body, runId(1), "run_start", [], [], "o", 0n] as const;
  const first = await wire.commitSessionBoundary("r", ...operation);
  expect(await wire.commitSessionBoundary("r", ...operation)).toBe(first);
  const found = await wire.findBoundaryReceipt("r", "o");
  const { length } = body;
  const at = { revision: 1n, committedAt: expect.any(BigInt) as bigint };
  expect(found).toEqual({ receipt: first, ...at, minted: true, byteLength: BigInt(length) });
});

test("a stored record that JSON text cannot carry is unsupported, and named", async () => {
  await store.persistInputState("r", inputState(1));
  await store.persistInputState("r", eventInputState(2, { when: new Date(0) }));
  const found = { kind: "internal", code: "unsupported" };
  const path = "persisted_input.payload.when";
  await expect(wire.loadInputState("r", inputId(2))).rejects.toMatchObject({ ...found, path });
  await expect(wire.loadInputStates("r")).rejects.toMatchObject({ ...found, path: `[1].${path}` });
  await expect(wire.loadRuntime("r")).rejects.toMatchObject({ ...found, path: `pendingInputs[1].${path}` });
  expect(await wire.loadInputState("r", inputId(1))).toBe(text(1));
});

test("the catalog of sessions is kept", async () => {
  await wire.saveSession(snapshot(sessionId(1), { metadata: '{"title":"größer"}' }));
  const metas = await wire.listSessions();
  expect(metas.map((meta) => JSON.parse(meta) as unknown)).toEqual(await store.sessions.list());
  expect(await wire.loadSession(sessionId(1))).toEqual(await store.sessions.load(sessionId(1)));
  expect(await wire.sessionExists(sessionId(1))).toBe(true);
  await wire.deleteSession(sessionId(1));
  expect(await wire.sessionExists(sessionId(1))).toBe(false);
});

test("the methods need no this, reject and never throw, and tell an error in text", async () => {
  const operations = Object.entries(wire as unknown as Record<string, (...given: unknown[]) => Promise<unknown>>);
  await store.close();
  for (const [name, operation] of operations) {
    const error: unknown = await operation().catch((reason: unknown) => reason);
    expect(isRuntimeStoreError(error), name).toBe(true);
    const { kind, code, detail } = JSON.parse(JSON.stringify(error)) as Record<string, unknown>;
    expect([kind, code, detail].map((member) => typeof member)).toEqual(["string", "string", "string"]);
  }
});
