import { describe, expect, test } from "vitest";
import { boundary } from "../../src/conformance/samples.ts";
import type { Engine, HeldLock, Locks, Row } from "../../src/engine/index.ts";
import { MemoryLocks } from "../../src/memory/memory-locks.ts";
import { createStore } from "../../src/store/index.ts";
import { ENGINES } from "../engine/engines.ts";

const R = "agent";
const HEADS = "runtime_heads";

const edit = (engine: Engine, change: (row: Row) => Row | undefined) =>
  engine.transact("readwrite", [HEADS], async (transaction) => {
    const changed = change((await transaction.get(HEADS, [R])) ?? {});
    if (changed) transaction.put(HEADS, changed);
    else transaction.delete(HEADS, [R]);
  });

const withLocks = (engine: Engine, locks: Locks): Engine => ({
  blockSizes: engine.blockSizes,
  transact: (...given) => engine.transact(...given),
  close: () => engine.close(),
  locks,
});

/** Locks that anybody gets at any time, and that nobody is told the loss of: as a frozen tab sees them. */
const FROZEN: Locks = {
  request: () => {
    const lock: HeldLock = { stolen: new Promise(() => undefined), release: () => Promise.resolve() };
    return Promise.resolve(lock);
  },
};

describe.each(ENGINES)("in the %s engine", (_, create) => {
  test("a holder that has not heard of its loss writes nothing, and learns of it by its first call", async () => {
    const engine = withLocks(create(), FROZEN);
    const [frozen, thief] = [createStore(engine), createStore(engine)];
    const lost = await frozen.acquireRuntime(R);
    await lost.commitSessionBoundary(R, boundary());
    const held = await thief.acquireRuntime(R, { steal: true });
    expect(lost.signal.aborted).toBe(false);
    await expect(lost.commitSessionBoundary(R, boundary())).rejects.toMatchObject({ code: "lease_lost" });
    expect(lost.signal.reason).toMatchObject({ code: "lease_lost" });
    expect((await held.commitSessionBoundary(R, boundary())).sequence).toBe(1);
    expect((await held.loadRuntime(R)).revision).toBe(2);
  });

  test("a lease whose epoch was lost with the head is not taken for a later one", async () => {
    const engine = withLocks(create(), FROZEN);
    const store = createStore(engine);
    const lost = await store.acquireRuntime(R);
    await lost.commitSessionBoundary(R, boundary());
    await edit(engine, () => undefined);
    await store.deleteRuntime(R);
    await expect(lost.commitSessionBoundary(R, boundary())).rejects.toMatchObject({ code: "lease_lost" });
    expect((await store.acquireRuntime(R)).epoch).toBeGreaterThan(lost.epoch);
  });

  test("a runtime with a damaged head cannot be acquired, and is not held then", async () => {
    const engine = withLocks(create(), new MemoryLocks());
    const store = createStore(engine);
    await store.commitSessionBoundary(R, boundary());
    await edit(engine, (row) => ({ ...row, revision: 7 }));
    const refused = { code: "corrupt_record", row: { table: HEADS, key: [R] } };
    await expect(store.acquireRuntime(R, { mode: "refuse" })).rejects.toMatchObject(refused);
    await expect(store.acquireRuntime(R, { mode: "refuse" })).rejects.toMatchObject(refused);
    await store.deleteRuntime(R);
    const lease = await store.acquireRuntime(R, { mode: "refuse" });
    await lease.commitSessionBoundary(R, boundary());
  });

  test("a signal that is aborted while the epoch is raised gives the runtime back", async () => {
    const engine = withLocks(create(), new MemoryLocks());
    const store = createStore(engine);
    const stop = new AbortController();
    const acquiring = store.acquireRuntime(R, { signal: stop.signal });
    await Promise.resolve();
    await Promise.resolve();
    stop.abort("stop");
    await expect(acquiring).rejects.toBe("stop");
    await (await store.acquireRuntime(R, { mode: "refuse" })).release();
  });
});
