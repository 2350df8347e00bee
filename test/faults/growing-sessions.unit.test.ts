import "fake-indexeddb/auto";
import { openIndexedDbRuntimeStore } from "burrow-store/indexeddb";
import { afterAll, beforeAll, expect, test } from "vitest";
import { boundary, conversation, delta, sessionId } from "../../src/conformance/samples.ts";
import { isRuntimeStoreError } from "../../src/core/errors.ts";
import { FAULTS } from "./faults.ts";
import { FaultyIndexedDb, patchIndexedDb } from "./faulty-indexeddb.ts";
import { Random } from "./fuzz-random.ts";

const seed = process.env.BURROW_SEED ?? String(Date.now() % 2 ** 31);
console.log(`growing sessions: BURROW_SEED=${seed}`);

const LIMITS = { flushAfterCrash: false, witness: false, openTimeout: 30_000, operationTimeout: 30_000 } as const;
const STRIKES = FAULTS.filter((fault) => !fault.isHang && !fault.isDamage && fault.at !== "connection");

/** A session of several blocks, which the texts come at the end of. */
const growing = (texts: readonly string[]): Uint8Array =>
  conversation(sessionId(1), "the beginning ".repeat(40_000), ...texts);

const commit = (store: Awaited<ReturnType<typeof openIndexedDbRuntimeStore>>, texts: readonly string[]) =>
  store.commitSessionBoundary("r", boundary({ sessionDelta: delta(growing(texts)) }));

let restore = (): void => undefined;
beforeAll(() => (restore = patchIndexedDb()));
afterAll(() => restore());

test.each(["strict", "relaxed"] as const)(
  "whatever goes wrong at a boundary of a growing session, what is stored is whole: %s",
  async (durability) => {
    for (let round = 0; round < 12; round++) {
      const random = new Random(`${seed}/${durability}/${round}`);
      const name = `growing ${durability} ${round}`;
      const faulty = new FaultyIndexedDb();
      const store = await openIndexedDbRuntimeStore({ ...LIMITS, name, durability, indexedDB: faulty.factory });
      const witness = await openIndexedDbRuntimeStore({ ...LIMITS, name });
      let texts = ["first"];
      await commit(store, texts);
      for (let step = 0; step < 6; step++) {
        const next = random.once(4) ? texts.slice(0, -1) : [...texts, `step ${step} `.repeat(random.below(2000))];
        const fault = random.pick(STRIKES);
        faulty.arm(fault, { n: 1 + random.below(25), isPersistent: random.once(2) });
        const end = await commit(store, next).then(
          () => "resolved",
          (error: unknown) => (isRuntimeStoreError(error) ? error.code : String(error)),
        );
        faulty.disarm();
        const stored = await witness.loadSessionSnapshot("r");
        const is = (due: readonly string[]) => stored !== undefined && Buffer.compare(stored, growing(due)) === 0;
        const place = `round ${round}, step ${step}, ${fault.name}: ${end}`;
        if (end === "resolved") expect(is(next), place).toBe(true);
        else expect(is(texts) || (end === "outcome_unknown" && is(next)), place).toBe(true);
        if (is(next)) texts = next;
        expect(await witness.verifyRuntime("r"), place).toEqual([]);
      }
      await Promise.all([store.close(), witness.close()]);
    }
  },
);
