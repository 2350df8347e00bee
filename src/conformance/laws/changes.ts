import type { BurrowStore, RuntimeChange } from "../../contract/index.ts";
import { isRuntimeStoreError } from "../../core/errors.ts";
import { everyOperation } from "../every-operation.ts";
import { expectEqual, expectRejection, expectThat } from "../expectation.ts";
import type { Law } from "../law.ts";
import { type LawBody, lawNeeding } from "../make-law.ts";
import { apply, boundary, fullInputState, inputState, opsSnapshot, receipt, runId, wrong } from "../samples.ts";
import { furnish, FURNISHED } from "../whole-store.ts";

const changeLaw = (name: string, body: LawBody): Law => lawNeeding(["one connection"], name, body);

/** How long a message from another store may take, in milliseconds. */
const MESSAGE_LIMIT = 2_000;

/** All that a store tells from now on. */
function heardFrom(store: BurrowStore): RuntimeChange[] {
  const heard: RuntimeChange[] = [];
  store.subscribe((change) => heard.push(change));
  return heard;
}

async function untilHeard(heard: readonly RuntimeChange[], count: number): Promise<void> {
  const start = Date.now();
  while (heard.length < count && Date.now() - start < MESSAGE_LIMIT) await new Promise((next) => setTimeout(next, 5));
}

/** Makes every change that there is, and gives what is to be told of it. */
async function changeAll(store: BurrowStore): Promise<Omit<RuntimeChange, "origin">[]> {
  await store.persistInputState("r", inputState(1));
  await store.commitSessionBoundary("r", boundary());
  await store.atomicApply("r", apply({ receipt: receipt({ run_id: runId(2) }) }));
  await store.persistRuntimeState("r", "idle");
  await store.atomicLifecycleCommit("r", { runtimeState: "running", inputStates: [fullInputState(2)] });
  await store.persistOpsLifecycle("r", opsSnapshot(1));
  await store.pruneInputs("r", { before: Date.now() });
  await store.deleteRuntime("r");
  return [
    { runtimeId: "r", kind: "inputs", revision: 0 },
    { runtimeId: "r", kind: "boundary", revision: 1 },
    { runtimeId: "r", kind: "boundary", revision: 2 },
    { runtimeId: "r", kind: "lifecycle", revision: 2 },
    { runtimeId: "r", kind: "lifecycle", revision: 2 },
    { runtimeId: "r", kind: "lifecycle", revision: 2 },
    { runtimeId: "r", kind: "inputs", revision: 2 },
    { runtimeId: "r", kind: "deleted", revision: 2 },
  ];
}

export const changeLaws = [
  changeLaw("Each change is told once, with its kind and the revision that it left", async (store) => {
    const heard = heardFrom(store);
    const due = await changeAll(store);
    expectEqual(
      heard,
      due.map((change) => ({ ...change, origin: "here" })),
      "what was told",
    );
  }),

  changeLaw("A change is told when it is stored", async (store) => {
    const revisions: Promise<number>[] = [];
    store.subscribe(({ runtimeId }) => revisions.push(store.loadRuntime(runtimeId).then(({ revision }) => revision)));
    await Promise.all([1, 2, 3].map((n) => store.commitSessionBoundary("r", boundary({ runId: runId(n) }))));
    const read = await Promise.all(revisions);
    expectEqual(read.length, 3, "the number of changes");
    for (const [index, revision] of read.entries()) expectThat(revision > index, `revision ${index + 1} is there`);
  }),

  changeLaw("What writes nothing to a runtime tells nothing", async (store) => {
    await furnish(store);
    const operation = boundary({ operationId: "operation 2" });
    await store.commitSessionBoundary(FURNISHED, operation);
    const heard = heardFrom(store);
    const { commitSessionBoundary, atomicApply, deleteRuntime, ...rest } = everyOperation;
    expectThat([commitSessionBoundary, atomicApply, deleteRuntime].every(Boolean), "these operations are there");
    const isRead = (name: string) => !/^persist|^atomic|^prune|^sessions\.delete/.test(name);
    for (const [name, call] of Object.entries(rest)) if (isRead(name)) await call(store);
    await store.commitSessionBoundary(FURNISHED, operation);
    await store.deleteRuntime("nobody");
    await store.pruneInputs(FURNISHED, { before: 0 });
    await expectRejection(
      () => store.commitSessionBoundary(FURNISHED, boundary({ expectedRevision: 0 })),
      "revision_conflict",
    );
    await expectRejection(
      () => store.atomicApply(FURNISHED, apply({ receipt: receipt({ run_id: runId(2), sequence: 5 }) })),
      "receipt_conflict",
    );
    await expectRejection(() => store.persistInputState(FURNISHED, wrong({})), "invalid_input");
    expectEqual(heard, [], "what was told");
  }),

  changeLaw("Each subscription is told, until its own undo is called", async (store) => {
    const heard: string[] = [];
    const same = () => heard.push("twice");
    const undoFirst = store.subscribe(same);
    store.subscribe(same);
    const undo = store.subscribe(() => heard.push("once"));
    await store.persistRuntimeState("r", "idle");
    expectEqual(heard, ["twice", "twice", "once"], "what was heard");
    undoFirst();
    undoFirst();
    undo();
    await store.persistRuntimeState("r", "idle");
    expectEqual(heard, ["twice", "twice", "once", "twice"], "what was heard after the undo");
  }),

  changeLaw("A subscription that another listener undoes is not told any more", async (store) => {
    const heard: RuntimeChange[] = [];
    store.subscribe(() => undo());
    const undo = store.subscribe((change) => heard.push(change));
    await store.persistRuntimeState("r", "idle");
    expectEqual(heard, [], "what was heard");
  }),

  changeLaw("What a listener does to a change reaches no other listener", async (store) => {
    store.subscribe((change) => Object.assign(change, { revision: 99, kind: "deleted" }));
    const heard = heardFrom(store);
    await store.commitSessionBoundary("r", boundary());
    expectEqual(heard, [{ runtimeId: "r", kind: "boundary", revision: 1, origin: "here" }], "what was told");
  }),

  changeLaw("Closing ends every subscription, and a closed store takes none", async (store) => {
    const heard = heardFrom(store);
    const commit = store.commitSessionBoundary("r", boundary());
    await store.close();
    await commit;
    expectEqual(heard, [], "what was heard");
    expectEqual(
      thrownBy(() => store.subscribe(() => undefined)),
      "database_closed",
      "the refusal",
    );
  }),

  changeLaw("A listener that is no function is refused at once", async (store) => {
    for (const listener of [undefined, null, {}, "f", []]) {
      expectEqual(
        thrownBy(() => store.subscribe(wrong(listener))),
        "invalid_input",
        "the refusal",
      );
    }
    await store.persistRuntimeState("r", "idle");
  }),

  lawNeeding(
    ["one connection", "open twice"],
    "What another store of the same name stores is told too, once and in order",
    async (store, openAgain) => {
      const heard = heardFrom(store);
      const other = await openAgain();
      const heardThere = heardFrom(other);
      const due = await changeAll(other);
      await untilHeard(heard, due.length);
      await store.persistRuntimeState("last", "idle");
      await untilHeard(heardThere, due.length + 1);
      const last = { runtimeId: "last", kind: "lifecycle", revision: 0 };
      const from = (origin: string) => due.map((change) => ({ ...change, origin }));
      expectEqual(heard, [...from("elsewhere"), { ...last, origin: "here" }], "what was told here");
      expectEqual(heardThere, [...from("here"), { ...last, origin: "elsewhere" }], "what was told there");
    },
  ),

  lawNeeding(["one connection", "open twice"], "A closed store is told of nothing", async (store, openAgain) => {
    const other = await openAgain();
    const [heard, heardThere] = [heardFrom(store), heardFrom(await openAgain())];
    await store.close();
    await other.persistRuntimeState("r", "idle");
    await untilHeard(heardThere, 1);
    expectEqual(heardThere.length, 1, "the number of changes that an open store was told of");
    expectEqual(heard, [], "what was told");
  }),
];

function thrownBy(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    return isRuntimeStoreError(error) ? error.code : String(error);
  }
  return "nothing";
}
