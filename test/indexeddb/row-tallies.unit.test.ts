import { IDBFactory } from "fake-indexeddb";
import "fake-indexeddb/auto";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { inputState } from "../../src/conformance/samples.ts";
import type { BurrowStore } from "../../src/contract/index.ts";
import type { Engine } from "../../src/engine/index.ts";
import { Connection } from "../../src/indexeddb/connection.ts";
import { IndexedDbEngine } from "../../src/indexeddb/indexeddb-engine.ts";
import { Witness } from "../../src/indexeddb/witness.ts";
import { createStore } from "../../src/store/index.ts";
import { exception, requestFails } from "../faults/strikes.ts";

const R = "agent";

let engine: Engine;
let store: BurrowStore;

beforeEach(async () => {
  const address = { factory: new IDBFactory(), name: "tallies", openTimeout: 10_000 };
  const connection = new Connection(address, new Witness(address.name, false));
  engine = new IndexedDbEngine(connection, { durability: "strict", operationTimeout: 60_000 });
  store = createStore(engine);
  await store.persistInputState(R, inputState(1));
  await store.persistInputState(R, inputState(2));
});

afterEach(async () => {
  vi.restoreAllMocks();
  await store.close();
});

const codes = async (): Promise<string[]> => (await store.verifyRuntime(R)).map(({ code }) => code);

test("a part of the rows of a runtime cannot be removed at once", async () => {
  const removing = engine.transact("readwrite", ["runtime_input_states"], (transaction) => {
    transaction.delete("runtime_input_states", [R]);
    return Promise.resolve();
  });
  await expect(removing).rejects.toMatchObject({ code: "unsupported" });
  expect(await store.loadInputStates(R)).toHaveLength(2);
  expect(await codes()).toEqual([]);
});

test("a row that one write alone reads as it was is missed from then on", async () => {
  await store.persistRuntimeState(R, "idle");
  const realGet = IDBObjectStore.prototype.get;
  const earlier = await engine.transact("readonly", ["runtime_states"], (transaction) =>
    transaction.get("runtime_states", [R]),
  );
  await store.persistRuntimeState(R, "running");
  expect(await codes()).toEqual([]);
  const reading = vi.spyOn(IDBObjectStore.prototype, "get").mockImplementation(function (this: IDBObjectStore, key) {
    const request = realGet.call(this, key);
    if (this.name === "runtime_states")
      Object.defineProperty(request, "result", { get: () => earlier, set: () => undefined });
    return request;
  });
  await store.persistRuntimeState(R, "stopped");
  reading.mockRestore();
  expect(await codes()).toEqual(["missing_row"]);
  await store.deleteRuntime(R);
  expect(await codes()).toEqual([]);
});

test("a tally that cannot be read is a damaged row until its runtime is deleted, and is in no write's way", async () => {
  const realGet = IDBObjectStore.prototype.get;
  const fault = requestFails(exception("NotReadableError"));
  vi.spyOn(IDBObjectStore.prototype, "get").mockImplementation(function (this: IDBObjectStore, key) {
    const read = () => realGet.call(this, key);
    return this.name === "tallies" && key === `runtime ${R}` ? fault.strike(read, this) : read();
  });
  await store.persistRuntimeState(R, "running");
  const [found, ...others] = await store.verifyRuntime(R);
  expect(found).toMatchObject({ code: "damaged_row", row: { table: "tallies", key: [`runtime ${R}`] } });
  expect(others).toEqual([]);
  await store.deleteRuntime(R);
  vi.restoreAllMocks();
  expect(await codes()).toEqual([]);
});
