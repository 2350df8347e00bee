import {
  conversation,
  delta,
  inputId,
  inputState,
  opsSnapshot,
  receipt,
  runId,
  sessionId,
} from "../../src/conformance/samples.ts";
import type { BurrowStore, InputState } from "../../src/index.ts";
import { Random } from "../faults/fuzz-random.ts";
import { randomText } from "../faults/random-text.ts";
import type { StoreOptions } from "./crash-events.ts";
import type { Wanted } from "./readings.ts";

/** One session of a browser: how the store is opened in it, and what is written. */
interface Chapter {
  readonly options: StoreOptions;
  readonly write: (store: BurrowStore) => Promise<void>;
}

/** A runtime that commits turns, each with one input, one operation and another conversation of so many bytes. */
interface Biography {
  readonly id: string;
  /** Tells its ids from those of the others. */
  readonly place: number;
  readonly bytes: number;
  readonly turns: number;
}

const STRICT: readonly Biography[] = [
  { id: "strict, 2 KB", place: 1, bytes: 2000, turns: 7 },
  { id: "strict, 300 KB", place: 2, bytes: 300_000, turns: 4 },
  { id: "strict, 2 MB", place: 3, bytes: 2_000_000, turns: 1 },
];
const RELAXED: readonly Biography[] = [
  { id: "relaxed, 2 KB", place: 4, bytes: 2000, turns: 5 },
  { id: "relaxed, 300 KB", place: 5, bytes: 300_000, turns: 3 },
  { id: "relaxed, 2 MB", place: 6, bytes: 2_000_000, turns: 3 },
];
const DELETED: Biography = { id: "deleted", place: 7, bytes: 2000, turns: 2 };
const UNCOMMITTED: Biography = { id: "never committed", place: 8, bytes: 0, turns: 0 };
const [SMALL, MEDIUM, LARGE] = STRICT as [Biography, Biography, Biography];
const RUNTIMES = [...STRICT, ...RELAXED, DELETED, UNCOMMITTED];

const PER_RUN = 2;
const MOST_TURNS = 10;
const MOST_QUEUED = 3;
const APPLIED = { run_id: runId(99), sequence: 0 };
const SAVED = [sessionId(91), sessionId(92), sessionId(93)] as const;

const turnOf = ({ place }: Biography, turn: number) => ({
  runId: runId(100 * place + Math.floor(turn / PER_RUN)),
  sequence: turn % PER_RUN,
  inputId: inputId(100 * place + turn),
  operationId: `operation ${turn}`,
});
const turnsOf = (runtime: Biography) => Array.from({ length: runtime.turns }, (_, turn) => turnOf(runtime, turn));
const queuedId = ({ place }: Biography, index: number) => inputId(100 * place + MOST_TURNS + index);
const sessionOf = ({ place }: Biography) => sessionId(100 * place);

/** Everything that was ever written, deleted since or not. */
export const WRITTEN: Wanted = {
  runtimes: RUNTIMES.map((runtime) => ({
    id: runtime.id,
    inputs: [
      ...turnsOf(runtime).map((turn) => turn.inputId),
      ...Array.from({ length: MOST_QUEUED }, (_, index) => queuedId(runtime, index)),
    ],
    receipts: [...turnsOf(runtime).map((turn) => ({ run_id: turn.runId, sequence: turn.sequence })), APPLIED],
    operations: turnsOf(runtime).map((turn) => turn.operationId),
  })),
  sessions: [
    ...[...STRICT, ...RELAXED].map((runtime) => ({ id: sessionOf(runtime), runtime: runtime.id })),
    ...[sessionOf(DELETED), ...SAVED].map((id) => ({ id })),
  ],
};

/**
 * The history that is damaged: every kind of row and body, every way to write. The last chapter is short and commits nothing:
 * at each start Chromium's SQLite engine takes over what stands in its log, and only then can the rest be damaged.
 */
export const CHAPTERS: readonly Chapter[] = [
  {
    options: { durability: "strict" },
    async write(store) {
      for (const runtime of [...STRICT, DELETED]) await live(store, runtime);
      await store.atomicApply(SMALL.id, { receipt: receipt(APPLIED), inputUpdates: [] });
      for (const [index, id] of SAVED.entries()) await store.sessions.save(snapshotOf(id, "first", 1000 * 20 ** index));
      await store.persistOpsLifecycle(SMALL.id, opsSnapshot(1));
      await store.persistRuntimeState(SMALL.id, "running");
      await store.persistInputState(UNCOMMITTED.id, queued(UNCOMMITTED, 0));
    },
  },
  {
    options: { durability: "relaxed" },
    async write(store) {
      for (const runtime of RELAXED) await live(store, runtime);
      await store.deleteRuntime(DELETED.id);
      await store.pruneInputs(MEDIUM.id, { before: Date.parse("2025-01-03") });
      await store.sessions.save(snapshotOf(SAVED[0], "second", 3000));
      await store.sessions.delete(SAVED[1]);
      await store.persistOpsLifecycle(SMALL.id, opsSnapshot(2));
      await store.atomicLifecycleCommit(LARGE.id, { runtimeState: "running", inputStates: [queued(LARGE, 0)] });
      for (const runtime of [SMALL, MEDIUM, ...RELAXED, UNCOMMITTED]) await enqueue(store, runtime, MOST_QUEUED - 1);
    },
  },
  {
    options: { durability: "strict" },
    async write(store) {
      await store.persistOpsLifecycle(LARGE.id, opsSnapshot(3));
      await store.persistRuntimeState(SMALL.id, "idle");
      await enqueue(store, MEDIUM, MOST_QUEUED);
      await enqueue(store, UNCOMMITTED, MOST_QUEUED);
    },
  },
];

/** Commits all turns of a runtime. */
async function live(store: BurrowStore, runtime: Biography): Promise<void> {
  for (const [index, turn] of turnsOf(runtime).entries()) {
    // Pruning takes the earlier half.
    const updated_at = index < runtime.turns / 2 ? "2025-01-02T00:00:00Z" : "2025-01-04T00:00:00Z";
    await store.commitSessionBoundary(runtime.id, {
      sessionDelta: delta(snapshotOf(sessionOf(runtime), `${runtime.id}, turn ${index}`, runtime.bytes)),
      runId: turn.runId,
      boundary: "run_start",
      contributingInputIds: [turn.inputId],
      inputUpdates: [inputState(0, { input_id: turn.inputId, current_state: "consumed", updated_at })],
      operationId: turn.operationId,
      expectedRevision: index,
    });
  }
}

async function enqueue(store: BurrowStore, runtime: Biography, inputs: number): Promise<void> {
  for (let index = 0; index < inputs; index++) await store.persistInputState(runtime.id, queued(runtime, index));
}

const queued = (runtime: Biography, index: number): InputState =>
  inputState(0, { input_id: queuedId(runtime, index), current_state: "queued" });

/** A session with a text of so many bytes, the same for the same seed. */
const snapshotOf = (id: string, seed: string, bytes: number): Uint8Array<ArrayBuffer> =>
  conversation(id, randomText(bytes, new Random(seed)));
