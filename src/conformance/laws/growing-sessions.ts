import type { BurrowStore } from "../../contract/index.ts";
import { expectEqual, expectRejection } from "../expectation.ts";
import { law, lawNeeding } from "../make-law.ts";
import { apply, boundary, bytesOf, conversation, delta, receipt, runId, sessionId, sessionText } from "../samples.ts";

/** About 12 KB each, so that a session of some dozen takes several of a store's blocks. */
const turn = (n: number): string => `turn ${n} é😀 `.padEnd(11_000, `abc\\"${n}`);
const turns = (count: number): string[] => Array.from({ length: count }, (_, n) => turn(n));
const long = (...more: readonly string[]): Uint8Array<ArrayBuffer> => conversation(sessionId(1), ...turns(40), ...more);

const commit = (store: BurrowStore, runtimeId: string, sessionSnapshot: Uint8Array, members: object = {}) =>
  store.commitSessionBoundary(runtimeId, boundary({ sessionDelta: delta(sessionSnapshot), ...members }));

/** Demands that a runtime's snapshot is this one, and that everything else which is stored agrees. */
async function expectStored(store: BurrowStore, runtimeId: string, due: Uint8Array, when: string): Promise<void> {
  expectEqual(await store.loadSessionSnapshot(runtimeId), due, `the snapshot ${when}`);
  expectEqual(await store.verifyRuntime(runtimeId), [], `the findings ${when}`);
}

/** Long sessions, each made of the one before by another kind of change. */
function changedSessions(): Uint8Array<ArrayBuffer>[] {
  const messages = turns(40).map((text) => `{"role":"user","content":${JSON.stringify(text)}}`);
  const text = (list: readonly string[], metadata = "{}"): string =>
    sessionText(sessionId(1), { messages: `[${list.join(",")}]`, metadata });
  const grown = [...messages, '{"role":"user","content":"one more"}'];
  const inserted = [...grown.slice(0, 20), '{"content":"\\u0041 \\/ in between","role":"user"}', ...grown.slice(20)];
  const sameLength = inserted.map((message, n) => (n === 10 ? message.replace("turn 10", "TURN 10") : message));
  const without = sameLength.filter((_, n) => n !== 5);
  const members = text(without).slice(1, -1);
  const { index = 0 } = /,"created_at"/.exec(members) ?? {};
  const reordered = `{${members.slice(index + 1)},${members.slice(0, index)}}`;
  const array = text(without, `{"n":1.50e1,"note":"${"é".repeat(40_000)}"}`);
  return [
    ...[text(messages), text(grown), text(grown), text(inserted), text(sameLength), text(without)],
    ...[reordered, array, text(without.slice(0, 7)), text(without.slice(0, 7), '{"a":[1,2]}'), text([]), text(grown)],
    ...[text(grown).replace("turn 20 é", "turn 20 è"), ` ${text(grown)}\n`, text(grown)],
  ].map(bytesOf);
}

export const growingSessionLaws = [
  law("Whatever was committed before, a snapshot is stored, counted and hashed as it is by itself", async (store) => {
    for (const [step, body] of changedSessions().entries()) {
      const alone = await commit(store, `alone ${step}`, body);
      const among = await commit(store, "r", body, { runId: runId(100 + step) });
      const told = ({ conversation_digest, message_count }: typeof alone) => ({ conversation_digest, message_count });
      expectEqual(told(among), told(alone), `the receipt of step ${step}`);
      await expectStored(store, "r", body, `after step ${step}`);
    }
  }),

  lawNeeding(
    ["one connection"],
    "Boundaries of a growing session may be committed without waiting for any of them",
    async (store) => {
      const bodies = [long(), long("1"), long("1", "2"), conversation(sessionId(1), "anew"), long("1", "2", "3")];
      const invalid = long("4").slice(0, -1);
      const calls = bodies.map((body) => commit(store, "r", body));
      const failing = [commit(store, "r", invalid), commit(store, "r", long("5"), { expectedRevision: 99 })];
      const last = commit(store, "r", long("1", "2", "3", "6"));
      const failed = await Promise.allSettled(failing);
      await Promise.all([...calls, last]);
      expectEqual(
        failed.map(({ status }) => status),
        ["rejected", "rejected"],
        "the calls that cannot succeed",
      );
      await expectStored(store, "r", long("1", "2", "3", "6"), "after all");
      expectEqual((await store.loadRuntimeHead("r"))?.revision, 6, "the revision");
    },
  ),

  law("What a failed boundary brought is in no later one", async (store) => {
    await commit(store, "r", long("stored"));
    const other = conversation(sessionId(1), "other", ...turns(40).slice(1), "failed");
    await expectRejection(() => commit(store, "r", other, { expectedRevision: 9 }), "revision_conflict");
    await expectStored(store, "r", long("stored"), "after a refused revision");
    await commit(store, "r", conversation(sessionId(1), "other", ...turns(40).slice(1), "failed", "on"));
    await commit(store, "r", long("stored", "on"));
    await expectRejection(() => commit(store, "r", other.slice(0, -1)), "invalid_snapshot");
    await commit(store, "r", other);
    await expectStored(store, "r", other, "at the end");
  }),

  law("A repeated operation leaves the snapshot to the boundaries behind it", async (store) => {
    await commit(store, "r", long("a"), { operationId: "a" });
    await commit(store, "r", long("a", "b"), { operationId: "b" });
    await commit(store, "r", long("a"), { operationId: "a" });
    await expectStored(store, "r", long("a", "b"), "after the repetition");
    await commit(store, "r", long("a", "b", "c"), { operationId: "c" });
    await expectStored(store, "r", long("a", "b", "c"), "after the next one");
  }),

  law("A runtime that is deleted and begun again has all of its long session", async (store) => {
    for (const text of ["one", "two", "three"]) {
      await commit(store, "r", long(text));
      await expectStored(store, "r", long(text), `of ${text}`);
      await store.deleteRuntime("r", { withSessions: text === "one" });
      await store.sessions.save(long(text, "saved"));
    }
    await commit(store, "r", long("three", "on"));
    await expectStored(store, "r", long("three", "on"), "at the end");
  }),

  law("A runtime that turns from a long session to one that begins alike and back has all of both", async (store) => {
    const body = (n: number, text: string): Uint8Array<ArrayBuffer> =>
      bytesOf(
        sessionText(sessionId(n), { messages: "[]" }).replace(
          /^\{(.*),"messages":\[\]/,
          `{"messages":[${turns(40)
            .map((each) => `{"role":"user","content":${JSON.stringify(each)}}`)
            .join(",")},{"role":"user","content":"${text}"}],$1`,
        ),
      );
    for (const [step, n] of [1, 2, 1, 1, 2].entries()) {
      await commit(store, "r", body(n, `step ${step}`));
      await expectStored(store, "r", body(n, `step ${step}`), `after step ${step}`);
    }
    expectEqual((await store.sessions.load(sessionId(1)))?.length, body(1, "step 3").length, "the session left");
  }),

  law("An apply without a snapshot in between changes nothing in the next one", async (store) => {
    await commit(store, "r", long("a"));
    await store.atomicApply("r", apply({ receipt: receipt({ run_id: runId(9) }) }));
    await store.atomicApply(
      "r",
      apply({ receipt: receipt({ run_id: runId(10) }), sessionDelta: delta(long("a", "b")) }),
    );
    await commit(store, "r", long("a", "b", "c"));
    await expectStored(store, "r", long("a", "b", "c"), "at the end");
  }),

  law("Neither the bytes of a boundary nor those that were loaded are shared with the next one", async (store) => {
    const given = long("given");
    await commit(store, "r", given);
    given.fill(0x20);
    const loaded = await store.loadSessionSnapshot("r");
    loaded?.fill(0x20);
    (await store.loadRuntime("r")).sessionSnapshot?.fill(0x20);
    const again = long("given", "again");
    const settled = commit(store, "r", again);
    again.fill(0x20);
    await settled;
    await expectStored(store, "r", long("given", "again"), "after all were overwritten");
  }),

  law("A long snapshot in the midst of a buffer is taken from any place of it", async (store) => {
    for (const offset of [0, 1, 2, 3, 4, 7]) {
      const body = long(`at ${offset}`, "on");
      const buffer = new Uint8Array(body.length + 16);
      buffer.set(body, offset);
      await commit(store, "r", buffer.subarray(offset, offset + body.length));
      await expectStored(store, "r", body, `from ${offset}`);
    }
  }),

  lawNeeding(
    ["open twice"],
    "Of two stores that extend one long session neither changes the other's in part",
    async (store, openAgain) => {
      const stores = { a: store, b: await openAgain() };
      const steps = "a a b b a b a a b load-a a load-b b b load-a b a delete-b a save-a a b delete-a b b a".split(" ");
      let texts: string[] = [];
      for (const [n, step] of steps.entries()) {
        const [what = "", name = what] = step.split("-");
        const acting = stores[name as "a" | "b"];
        if (what === "load") {
          expectEqual((await acting.loadRuntime("r")).sessionSnapshot, long(...texts), `what step ${n} loads`);
        } else if (what === "delete") {
          await acting.deleteRuntime("r");
        } else if (what === "save") {
          await acting.sessions.save(long("saved"));
        } else {
          // Every fourth one goes back to what its own store wrote before.
          texts = n % 4 === 3 ? texts.slice(0, -2) : [...texts, `step ${n}`];
          await commit(acting, "r", long(...texts));
          for (const any of Object.values(stores)) {
            if (n % 3 === 0)
              expectEqual(await any.loadSessionSnapshot("r"), long(...texts), `the snapshot of step ${n}`);
          }
        }
      }
      await expectStored(stores.a, "r", long(...texts), "at the end");
      await expectStored(stores.b, "r", long(...texts), "at the end, for the other");
    },
  ),
];
