import fc from "fast-check";
import {
  apply,
  boundary,
  bytesOf,
  conversation,
  delta,
  eventInputState,
  inputId,
  inputState,
  opsSnapshot,
  receipt,
  runId,
  sessionId,
  wrong,
} from "../../src/conformance/samples.ts";
import { expectEqual } from "../../src/conformance/expectation.ts";
import { everythingIn } from "../../src/conformance/whole-store.ts";
import type { BurrowStore, VerifyFinding } from "../../src/contract/index.ts";
import { isRuntimeStoreError } from "../../src/core/errors.ts";
import type { InputState } from "../../src/records/index.ts";

/** What a call may draw on, as plain data that `fast-check` can shrink and print; each call takes what it needs. */
interface Given {
  readonly session: number;
  readonly run: number;
  readonly sequence: number;
  readonly turns: readonly string[];
  readonly inputs: readonly InputState[];
  readonly operation: string | undefined;
  readonly revision: number | undefined;
  readonly limit: number | undefined;
  readonly flag: boolean;
}

type Step = Given & { readonly call: string };
type Operation = (store: BurrowStore, runtime: string, given: Given) => Promise<unknown>;

/** Calls on one runtime, made without waiting for one another. */
export interface Burst {
  readonly runtime: string;
  readonly steps: readonly Step[];
}

const snapshotOf = ({ session, turns }: Given): Uint8Array =>
  turns.includes("bad") ? bytesOf("no session") : conversation(sessionId(session), ...turns);

const STATES = ["accepted", "queued", "staged", "applied", "consumed", "superseded", "abandoned"] as const;
const BOUNDARIES = ["immediate", "run_start", "run_checkpoint"] as const;
const PRUNE_BEFORE = Date.parse("2025-02-15T00:00:00Z");

const RUNTIME_CALLS: Readonly<Record<string, Operation>> = {
  commit: (store, runtime, given) =>
    store.commitSessionBoundary(
      runtime,
      boundary({
        sessionDelta: delta(snapshotOf(given)),
        runId: runId(given.run),
        boundary: BOUNDARIES[given.sequence % 3] ?? "immediate",
        contributingInputIds: given.inputs.map((state) => state.input_id),
        inputUpdates: given.inputs,
        operationId: given.operation,
        expectedRevision: given.revision,
      }),
    ),
  apply: (store, runtime, given) =>
    store.atomicApply(
      runtime,
      apply({
        receipt: receipt({ run_id: runId(given.run), sequence: given.sequence }),
        sessionDelta: given.flag ? delta(snapshotOf(given)) : undefined,
        sessionStoreKey: given.limit === undefined ? undefined : sessionId(given.limit),
        inputUpdates: given.inputs,
        expectedRevision: given.revision,
      }),
    ),
  persistInput: (store, runtime, { inputs }) => store.persistInputState(runtime, inputs[0] ?? wrong({})),
  persistState: (store, runtime, { flag }) => store.persistRuntimeState(runtime, flag ? "idle" : wrong("asleep")),
  persistOps: (store, runtime, { sequence }) => store.persistOpsLifecycle(runtime, opsSnapshot(sequence)),
  lifecycle: (store, runtime, { inputs, flag }) =>
    store.atomicLifecycleCommit(runtime, { runtimeState: flag ? "running" : "retired", inputStates: inputs }),
  delete: (store, runtime, { flag }) => store.deleteRuntime(runtime, { withSessions: flag }),
  prune: (store, runtime) => store.pruneInputs(runtime, { before: PRUNE_BEFORE }),
  loadRuntime: (store, runtime) => store.loadRuntime(runtime),
  loadHead: (store, runtime) => store.loadRuntimeHead(runtime),
  loadSnapshot: (store, runtime) => store.loadSessionSnapshot(runtime),
  loadInputs: (store, runtime) => store.loadInputStates(runtime),
  loadInput: (store, runtime, { sequence }) => store.loadInputState(runtime, inputId(sequence)),
  loadReceipt: (store, runtime, { run, sequence }) => store.loadBoundaryReceipt(runtime, runId(run), sequence),
  listReceipts: (store, runtime, { run, revision, limit, flag }) =>
    store.listBoundaryReceipts(runtime, { runId: flag ? runId(run) : undefined, afterRevision: revision, limit }),
  findReceipt: (store, runtime, { operation }) => store.findBoundaryReceipt(runtime, operation ?? "none"),
  dump: (store, runtime) => store.dumpRuntime(runtime),
  verify: (store, runtime) => store.verifyRuntime(runtime),
};

const CONFLICT_MODES = ["refuse", "skip", "replace"] as const;

/** Puts a runtime back as it was before one more commit, under its own id or in the place of the other. */
async function restore(store: BurrowStore, runtime: string, given: Given): Promise<unknown> {
  const dump = await store.dumpRuntime(runtime);
  if (!dump) return undefined;
  const committed = await answerOf(() => CALLS.commit?.(store, runtime, given));
  if (given.limit === 1) await store.deleteRuntime(runtime, { withSessions: given.flag });
  const runtime_id = given.limit === undefined ? runtime : "s";
  const restored = { ...dump, runtime_id, head: { ...dump.head, runtime_id } };
  const onConflict = CONFLICT_MODES[given.run + given.session];
  const [dry, first, again] = [
    await answerOf(() => store.restoreRuntime(restored, { onConflict, dryRun: true })),
    await answerOf(() => store.restoreRuntime(restored, { onConflict })),
    await answerOf(() => store.restoreRuntime(restored)),
  ];
  expectEqual(first, dry, "what a dry run tells");
  return { committed, first, again };
}

/** Calls about all runtimes, which wait for one another: what happens beside them is up to the store. */
const CATALOG_CALLS: Readonly<Record<string, Operation>> = {
  listRuntimes: (store) => store.listRuntimes(),
  saveSession: (store, _, given) => store.sessions.save(snapshotOf(given)),
  loadSession: (store, _, { session }) => store.sessions.load(sessionId(session)),
  existsSession: (store, _, { session }) => store.sessions.exists(sessionId(session)),
  restore,
  deleteSession: (store, _, { session }) => store.sessions.delete(sessionId(session)),
  listSessions: (store, _, { limit, sequence }) => store.sessions.list({ limit, offset: sequence }),
};

const CALLS = { ...RUNTIME_CALLS, ...CATALOG_CALLS };

const inputs = fc.array(
  fc
    .record({
      n: fc.nat(3),
      current_state: fc.constantFrom(...STATES),
      month: fc.constantFrom("01", "02", "03"),
      rich: fc.boolean(),
    })
    .map(({ n, current_state, month, rich }) => ({
      ...(rich ? eventInputState(n, { at: new Date(n), list: [1n, undefined] }) : inputState(n)),
      current_state,
      updated_at: `2025-${month}-20T00:00:00Z`,
    })),
  { maxLength: 3 },
);

const turn = fc.oneof(
  { weight: 40, arbitrary: fc.constantFrom("a", "b", "c") },
  { weight: 2, arbitrary: fc.constant("bad") },
  { weight: 1, arbitrary: fc.constant("longer than a storage block ".repeat(10_000)) },
);

const step = (calls: readonly string[]): fc.Arbitrary<Step> =>
  fc.record({
    call: fc.constantFrom(...calls),
    session: fc.nat(2),
    run: fc.nat(1),
    sequence: fc.nat(3),
    turns: fc.array(turn, { maxLength: 3 }),
    inputs,
    operation: fc.option(fc.constantFrom("one", "two"), { nil: undefined, freq: 2 }),
    revision: fc.option(fc.nat(4), { nil: undefined, freq: 2 }),
    limit: fc.option(fc.nat(2), { nil: undefined, freq: 2 }),
    flag: fc.boolean(),
  });

const runtime = fc.constantFrom("r", "s");
const boundaryCalls = ["commit", "commit", "apply"];

/** Random programs over a few runtimes, sessions and inputs, in which at most `maxBurst` calls are made at a time. */
export const programs = (maxBurst: number): fc.Arbitrary<Burst[]> =>
  fc.array(
    fc.oneof(
      { weight: 4, arbitrary: burst([...boundaryCalls, ...boundaryCalls, ...Object.keys(RUNTIME_CALLS)], maxBurst) },
      { weight: 1, arbitrary: burst(Object.keys(CATALOG_CALLS), 1) },
    ),
    { maxLength: 16, size: "max" },
  );

const burst = (calls: readonly string[], maxLength: number): fc.Arbitrary<Burst> =>
  fc.record({ runtime, steps: fc.array(step(calls), { minLength: 1, maxLength }) });

/** Runs a program and tells what each call answered and what the store holds in the end, but for the times of commits. */
export async function answersOf(store: BurrowStore, program: readonly Burst[]): Promise<unknown> {
  const answers: unknown[] = [];
  for (const { runtime: runtimeId, steps } of program) {
    answers.push(await Promise.all(steps.map((given) => answerOf(() => CALLS[given.call]?.(store, runtimeId, given)))));
  }
  const revisions = await Promise.all(["r", "s"].map(async (id) => (await store.loadRuntime(id)).revision));
  const findings = [await soundFindings(store, "r"), await soundFindings(store, "s")];
  return withoutTimes({ answers, revisions, findings, end: await everythingIn(store) });
}

/** The notices of a verification, which finds no damage whatever was called. */
async function soundFindings(store: BurrowStore, runtimeId: string): Promise<readonly VerifyFinding[]> {
  const findings = await store.verifyRuntime(runtimeId);
  expectEqual(
    findings.filter(({ severity }) => severity === "error"),
    [],
    "the damage found",
  );
  return findings;
}

async function answerOf(call: () => Promise<unknown> | undefined): Promise<unknown> {
  try {
    return { value: await call() };
  } catch (error) {
    if (!isRuntimeStoreError(error)) throw error;
    const { code, kind, path, head, receipt: stored } = error;
    return { error: { code, kind, path, head, stored } };
  }
}

function withoutTimes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutTimes);
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  const members = Object.entries(value).filter(([name]) => name !== "committed_at");
  return Object.fromEntries(members.map(([name, member]) => [name, withoutTimes(member)]));
}
