import { describe, expect, test } from "vitest";
import { apply, boundary, conversation, delta, sessionId } from "../../src/conformance/samples.ts";
import type { Engine, Transaction } from "../../src/engine/index.ts";
import { MemoryEngine } from "../../src/memory/memory-engine.ts";
import { createStore } from "../../src/store/index.ts";
import { IssuedSnapshots } from "../../src/store/issued-snapshots.ts";
import { ENGINES } from "../engine/engines.ts";
import { sessionOf } from "../digest/sessions.ts";

const BEGINNING = Array.from({ length: 80 }, (_, n) => `turn ${n} `.padEnd(10_000, "abcdef"));
const session = (...texts: readonly string[]) => conversation(sessionId(1), ...BEGINNING, ...texts);

/** An engine over another one, which tells of each body how many of its blocks were to be written. */
function watched(inner: Engine) {
  const written: string[] = [];
  const watch = (transaction: Transaction): Transaction =>
    new Proxy(transaction, {
      get: (target, name: keyof Transaction) => {
        if (name !== "writeBody") return (target[name] as (...given: unknown[]) => unknown).bind(target);
        const writeBody: Transaction["writeBody"] = (id, body, stored) => {
          const known = stored?.blocks ?? [];
          const isNew = body.blocks.filter((block, index) => block !== known[index]);
          written.push(`${isNew.length} of ${body.blocks.length}`);
          return target.writeBody(id, body, stored);
        };
        return writeBody;
      },
    });
  const engine: Engine = {
    blockSizes: inner.blockSizes,
    transact: (mode, scope, work) => inner.transact(mode, scope, (transaction) => work(watch(transaction))),
    close: () => inner.close(),
  };
  const store = createStore(engine);
  const commit = async (bytes: Uint8Array, members = {}) => {
    written.length = 0;
    await store.commitSessionBoundary("r", boundary({ sessionDelta: delta(bytes), ...members }));
    return written.join();
  };
  return { store, commit };
}

describe.each(ENGINES)("over the %s engine", (_, create) => {
  const opened = () => {
    const engine = create();
    return { ...watched(engine), other: watched(engine) };
  };
  const all = /^(\d+) of \1$/;
  const few = /^[12] of ([4-9]|\d\d)$/;

  test("of a session that grows, the blocks are written that differ", async () => {
    const { commit } = opened();
    expect(await commit(session("a"))).toMatch(all);
    expect(await commit(session("a", "b"))).toMatch(few);
    expect(await commit(session("a", "b"))).toMatch(/^0 of/);
    expect(await commit(session("a", "b", "c"))).toMatch(few);
  });

  test("of a session that was loaded too", async () => {
    const { commit, other } = opened();
    await commit(session("a"));
    await other.store.loadSessionSnapshot("r");
    expect(await other.commit(session("a", "b"))).toMatch(few);
    await commit(session("a", "b", "c"));
    await other.store.loadRuntime("r");
    expect(await other.commit(session("a", "b", "c", "d"))).toMatch(few);
  });

  test("all are written where another has written since, and not after what came to nothing", async () => {
    const { store, commit, other } = opened();
    await commit(session("a"));
    await other.commit(session("a", "b"));
    expect(await commit(session("a", "c"))).toMatch(all);
    expect(await commit(session("a", "c", "d"))).toMatch(few);
    await expect(commit(conversation(sessionId(2), "e"), { expectedRevision: 99 })).rejects.toThrow();
    expect(await commit(session("a", "c", "d", "f"))).toMatch(few);
    await expect(commit(session("a").slice(0, -1))).rejects.toThrow();
    expect(await commit(session("a", "c", "d", "g"), { operationId: "g" })).toMatch(few);
    expect(await commit(session("a", "c", "d", "g"), { operationId: "g" })).toBe("");
    expect(await commit(session("a", "c", "d", "g", "h"))).toMatch(few);
    const mistaken = apply({ sessionDelta: delta(session("i")), sessionStoreKey: sessionId(3) });
    await expect(store.atomicApply("r", mistaken)).rejects.toMatchObject({ code: "session_key_mismatch" });
    expect(await commit(session("a", "c", "d", "g", "i"))).toMatch(few);
  });

  test("all are written of another session, and of a runtime that was deleted", async () => {
    const { store, commit } = opened();
    await commit(session("a"));
    expect(await commit(conversation(sessionId(2), ...BEGINNING))).toMatch(all);
    await store.deleteRuntime("r");
    expect(await commit(conversation(sessionId(2), ...BEGINNING))).toMatch(all);
  });
});

describe("what is held", () => {
  const one = sessionOf([`["user","${"a".repeat(10_000)}"]`]);
  const blockSizes = [512, 64];
  const head = (body_version: string | undefined) => ({ body_id: "body", body_version });

  test("is let go when it is too much, what was used least recently first", async () => {
    const issued = new IssuedSnapshots({ blockSizes }, 3 * (one.length + 5000));
    const versions = new Map<string, string>();
    const isHeld = async (runtimeId: string) => {
      const { storedOf, version } = await issued.capture(one, "snapshot", runtimeId);
      const isHeld = storedOf(head(versions.get(runtimeId))) !== undefined;
      versions.set(runtimeId, version);
      return isHeld;
    };
    for (const runtimeId of ["a", "b", "c"]) expect(await isHeld(runtimeId)).toBe(false);
    expect(await isHeld("a")).toBe(true);
    expect(await isHeld("d")).toBe(false); // in place of b
    expect(await isHeld("c")).toBe(true);
    expect(await isHeld("a")).toBe(true);
    expect(await isHeld("b")).toBe(false);
  });

  test("is never a snapshot that alone is too much, nor one that was refused", async () => {
    const issued = new IssuedSnapshots({ blockSizes }, one.length);
    const small = sessionOf([]);
    const { version: ofSmall } = await issued.capture(small, "snapshot", "b");
    const { version } = await issued.capture(one, "snapshot", "a");
    expect((await issued.capture(one, "snapshot", "a")).storedOf(head(version))).toBeUndefined();
    expect((await issued.capture(small, "snapshot", "b")).storedOf(head(ofSmall))).toBeDefined();
    const roomy = new IssuedSnapshots({ blockSizes });
    const { version: before } = await roomy.capture(one, "snapshot", "a");
    await expect(roomy.capture(one.slice(0, -1), "snapshot", "a")).rejects.toMatchObject({ code: "invalid_snapshot" });
    expect((await roomy.capture(one, "snapshot", "a")).storedOf(head(before))).toBeDefined();
  });

  test("is nothing once the store is closed", async () => {
    const issued = new IssuedSnapshots({ blockSizes });
    issued.close();
    const { version } = await issued.capture(one, "snapshot", "a");
    expect((await issued.capture(one, "snapshot", "a")).storedOf(head(version))).toBeUndefined();
  });

  test("is not what was loaded, when a boundary was issued since", async () => {
    const issued = new IssuedSnapshots({ blockSizes });
    const { body } = await issued.capture(one, "snapshot");
    const prime = issued.priming("a");
    const { version } = await issued.capture(one, "snapshot", "a");
    prime("stored", body);
    expect((await issued.capture(one, "snapshot", "a")).storedOf(head(version))).toBeDefined();
    issued.priming("a")("stored", body);
    expect((await issued.capture(one, "snapshot", "a")).storedOf(head("stored"))).toBeDefined();
  });
});

test("while a long session is read, other tasks have their turn, and other runtimes theirs", async () => {
  const store = createStore(new MemoryEngine());
  const long = sessionOf(Array.from({ length: 8000 }, (_, n) => `["user","${String(n).repeat(100)}"]`));
  let turns = 0;
  const counting = setInterval(() => turns++, 1);
  const order: string[] = [];
  const commit = async (runtime: string, bytes: Uint8Array) => {
    await store.commitSessionBoundary(runtime, boundary({ sessionDelta: delta(bytes) }));
    order.push(`${runtime} ${bytes === long ? "long" : "short"}`);
  };
  await Promise.all([commit("a", long), commit("a", session("a")), commit("b", conversation(sessionId(2), "b"))]);
  clearInterval(counting);
  expect(order).toEqual(["b short", "a long", "a short"]);
  expect(turns).toBeGreaterThan(1);
});
