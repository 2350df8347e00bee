import type { BurrowStore } from "../../contract/index.ts";
import { expectEqual } from "../expectation.ts";
import { law } from "../make-law.ts";
import {
  apply,
  boundary,
  bytesOf,
  conversation,
  delta,
  receipt,
  runId,
  sessionId,
  sessionText,
  snapshot,
} from "../samples.ts";

const commit = async (store: BurrowStore, runtimeId: string, sessionSnapshot: Uint8Array): Promise<void> => {
  await store.commitSessionBoundary(runtimeId, boundary({ sessionDelta: delta(sessionSnapshot) }));
};

/** Demands what a runtime's snapshot and the catalog's session are, all of them in canonical form. */
async function expectBodies(
  store: BurrowStore,
  runtimes: Readonly<Record<string, Uint8Array | undefined>>,
  sessions: Readonly<Record<number, Uint8Array | undefined>>,
  when: string,
): Promise<void> {
  for (const [runtime, due] of Object.entries(runtimes)) {
    expectEqual(await store.loadSessionSnapshot(runtime), due, `the snapshot of ${runtime} ${when}`);
    expectEqual((await store.loadRuntime(runtime)).sessionSnapshot, due, `the loaded snapshot of ${runtime} ${when}`);
  }
  for (const [n, due] of Object.entries(sessions)) {
    expectEqual(await store.sessions.load(sessionId(Number(n))), due, `session ${n} ${when}`);
  }
}

const one = (text: string): Uint8Array<ArrayBuffer> => conversation(sessionId(1), text);
const two = (text: string): Uint8Array<ArrayBuffer> => conversation(sessionId(2), text);

/** A canonical session of exactly `length` bytes, whose long part begins with `first`. */
function sessionOfLength(length: number, first: string): Uint8Array<ArrayBuffer> {
  const room = length - conversation(sessionId(1), "").length;
  return one(first.padEnd(room, "0123456789abcdef"));
}

const BLOCK = 256 * 1024;

export const bodyLaws = [
  law("Two runtimes on one session keep their own snapshots, and the catalog has the last", async (store) => {
    await commit(store, "r", one("by r"));
    await commit(store, "s", one("by s"));
    await expectBodies(store, { r: one("by r"), s: one("by s") }, { 1: one("by s") }, "after both");
    await commit(store, "r", one("by r again"));
    await expectBodies(
      store,
      { r: one("by r again"), s: one("by s") },
      { 1: one("by r again") },
      "after the first again",
    );
    await commit(store, "s", one("by r again"));
    await commit(store, "r", one("and on"));
    await expectBodies(
      store,
      { r: one("and on"), s: one("by r again") },
      { 1: one("and on") },
      "after they met and parted",
    );
  }),

  law("A runtime may turn to another session and back", async (store) => {
    await commit(store, "r", one("first"));
    await commit(store, "r", two("second"));
    await expectBodies(store, { r: two("second") }, { 1: one("first"), 2: two("second") }, "after the turn");
    await commit(store, "r", one("third"));
    await expectBodies(store, { r: one("third") }, { 1: one("third"), 2: two("second") }, "after the return");
    await commit(store, "s", two("fourth"));
    await commit(store, "r", two("fifth"));
    await expectBodies(
      store,
      { r: two("fifth"), s: two("fourth") },
      { 1: one("third"), 2: two("fifth") },
      "at the end",
    );
  }),

  law("A session saved between two boundaries changes no runtime's snapshot", async (store) => {
    await commit(store, "r", one("committed"));
    await store.sessions.save(one("saved"));
    await expectBodies(store, { r: one("committed") }, { 1: one("saved") }, "after the save");
    await commit(store, "r", one("committed again"));
    await expectBodies(store, { r: one("committed again") }, { 1: one("committed again") }, "after the next boundary");
    await store.sessions.save(one("committed again"));
    await store.sessions.save(one("saved again"));
    await expectBodies(store, { r: one("committed again") }, { 1: one("saved again") }, "after two more saves");
  }),

  law(
    "A session deleted from the catalog stays with its runtimes, and the next boundary brings it back",
    async (store) => {
      await commit(store, "r", one("kept"));
      await commit(store, "s", one("kept"));
      await store.sessions.delete(sessionId(1));
      await expectBodies(store, { r: one("kept"), s: one("kept") }, { 1: undefined }, "after the deletion");
      await store.atomicApply("r", apply({ receipt: receipt({ run_id: runId(9) }) }));
      await expectBodies(store, { r: one("kept"), s: one("kept") }, { 1: undefined }, "after an apply without a delta");
      await commit(store, "r", one("kept on"));
      await expectBodies(store, { r: one("kept on"), s: one("kept") }, { 1: one("kept on") }, "after a boundary");
    },
  ),

  law("A deleted runtime leaves its session to the catalog and to the other runtimes", async (store) => {
    await commit(store, "r", one("shared"));
    await commit(store, "s", one("shared"));
    await store.deleteRuntime("r");
    await expectBodies(store, { r: undefined, s: one("shared") }, { 1: one("shared") }, "after the first deletion");
    await store.deleteRuntime("s");
    await expectBodies(store, { s: undefined }, { 1: one("shared") }, "after the second deletion");
    await commit(store, "r", one("anew"));
    await expectBodies(store, { r: one("anew"), s: undefined }, { 1: one("anew") }, "after the re-creation");
  }),

  law("A session goes for good when the catalog and every runtime let go of it, and can come again", async (store) => {
    for (const text of ["once", "twice", "thrice"]) {
      await commit(store, "r", one(text));
      await store.sessions.delete(sessionId(1));
      await store.deleteRuntime("r");
      await expectBodies(store, { r: undefined }, { 1: undefined }, "after both deletions");
    }
    await store.sessions.save(one("again"));
    await expectBodies(store, { r: undefined }, { 1: one("again") }, "at the end");
  }),

  law("Snapshots come back to the byte at every size around a storage block's", async (store) => {
    for (const length of [BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK, 2 * BLOCK + 1, BLOCK]) {
      const body = sessionOfLength(length, `of ${length}`);
      expectEqual(body.length, length, "the sample's length");
      await commit(store, "r", body);
      await expectBodies(store, { r: body }, { 1: body }, `of ${length} bytes`);
    }
  }),

  law("A long session may grow, change in its midst and at its start, shrink, and grow again", async (store) => {
    const turns = Array.from({ length: 60 }, (_, n) => `turn ${n} `.padEnd(12_000, "abcdefghijklmnop"));
    const changed = turns.map((turn, n) => (n === 30 ? "changed" : turn));
    const steps = [turns.slice(0, 50), turns, changed, ["changed", ...turns.slice(1)], turns.slice(0, 2), turns, turns];
    for (const [step, texts] of steps.entries()) {
      const body = conversation(sessionId(1), ...texts);
      await commit(store, "r", body);
      expectEqual(await store.loadSessionSnapshot("r"), body, `the snapshot after step ${step}`);
      expectEqual((await store.loadRuntimeHead("r"))?.byte_length, body.length, `its length after step ${step}`);
    }
    expectEqual(await store.sessions.load(sessionId(1)), conversation(sessionId(1), ...turns), "the session");
  }),

  law("Two long sessions with a common beginning stay apart", async (store) => {
    const start = "the same ".repeat(40_000);
    const [left, right] = [conversation(sessionId(1), start, "left"), conversation(sessionId(1), start, "right")];
    await commit(store, "r", left);
    await commit(store, "s", right);
    await commit(store, "r", conversation(sessionId(1), start, "left", "on"));
    await store.sessions.save(right);
    await commit(store, "s", left);
    await expectBodies(
      store,
      { r: conversation(sessionId(1), start, "left", "on"), s: left },
      { 1: left },
      "at the end",
    );
  }),

  law("A snapshot's own spelling survives, whatever the canonical form of its session is", async (store) => {
    const spelt = [
      ` ${sessionText(sessionId(1))}\r\n\t `,
      sessionText(sessionId(1)).replace('"version":1', '"x":"\\ud83d\\ude00 \\/","version":1'),
      `[1,"${sessionId(1)}",[["user","hi"]],[1,2],[3,4]]`,
      sessionText(sessionId(1).toUpperCase(), { messages: '[{"role":"user","content":"\\u0041"}]' }),
    ];
    for (const text of spelt) {
      await commit(store, "r", bytesOf(text));
      expectEqual(await store.loadSessionSnapshot("r"), bytesOf(text), text);
    }
    await commit(store, "r", snapshot(sessionId(1)));
    expectEqual(await store.loadSessionSnapshot("r"), snapshot(sessionId(1)), "the canonical snapshot");
  }),
];
