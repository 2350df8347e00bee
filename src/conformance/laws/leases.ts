import type { AcquireOptions, BurrowStore, RuntimeLease } from "../../contract/index.ts";
import { isRuntimeStoreError } from "../../core/errors.ts";
import * as bad from "../bad-values.ts";
import { everyOperation, runtimeOperations } from "../every-operation.ts";
import { expectEqual, expectPresent, expectRejection, expectThat } from "../expectation.ts";
import type { Law } from "../law.ts";
import { type LawBody, lawNeeding } from "../make-law.ts";
import {
  apply,
  boundary,
  dumpOf,
  inputState,
  receipt,
  restored,
  runId,
  sessionId,
  snapshot,
  wrong,
} from "../samples.ts";
import { dumped, expectNothingWritten, furnish, FURNISHED } from "../whole-store.ts";

const leaseLaw = (name: string, body: LawBody): Law => lawNeeding(["leases"], name, body);
const betweenStores = (name: string, body: LawBody): Law => lawNeeding(["leases", "open twice"], name, body);

/** The code of the reason that a lease's signal gives, once it is aborted. */
async function endOf({ signal }: RuntimeLease): Promise<unknown> {
  if (!signal.aborted) {
    await new Promise((resolve) => {
      signal.addEventListener("abort", resolve);
      setTimeout(resolve, 2_000);
    });
  }
  return isRuntimeStoreError(signal.reason) ? signal.reason.code : signal.reason;
}

async function isHeld(store: BurrowStore, runtimeId = "r"): Promise<boolean> {
  try {
    await (await store.acquireRuntime(runtimeId, { mode: "refuse" })).release();
    return false;
  } catch (error) {
    if (isRuntimeStoreError(error) && error.code === "lease_held") return true;
    throw error;
  }
}

/** A lease of runtime `r`, and one that has stolen it since. */
async function stolen(store: BurrowStore): Promise<{ lost: RuntimeLease; held: RuntimeLease }> {
  const lost = await store.acquireRuntime("r");
  return { lost, held: await store.acquireRuntime("r", { steal: true }) };
}

async function expectEnded(lease: RuntimeLease): Promise<void> {
  expectEqual(await endOf(lease), "lease_lost", "the reason of the lease's signal");
  for (const [name, call] of Object.entries(everyOperation)) {
    await expectRejection(() => call(lease), "lease_lost", {}, name);
  }
}

export const leaseLaws = [
  leaseLaw("A runtime that is held is refused to others, and free once it is released", async (store) => {
    const lease = await store.acquireRuntime("r");
    await expectRejection(() => store.acquireRuntime("r", { mode: "refuse" }), "lease_held");
    expectThat(!(await isHeld(store, "another")), "another runtime is free");
    await lease.release();
    expectThat(!(await isHeld(store)), "the runtime is free");
  }),

  leaseLaw("Those that wait for a runtime get it one after the other", async (store) => {
    const first = await store.acquireRuntime("r");
    const order: number[] = [];
    const others = [1, 2, 3].map(async (n) => {
      const lease = await store.acquireRuntime("r", { mode: "wait" });
      order.push(n);
      await lease.commitSessionBoundary("r", boundary());
      expectThat(await isHeld(store), "the runtime is held meanwhile");
      await lease.release();
    });
    await store.loadRuntime("r");
    expectEqual(order, [], "who has it while it is held");
    await first.release();
    await Promise.all(others);
    expectEqual(order, [1, 2, 3], "the order");
    expectEqual((await store.loadRuntime("r")).revision, 3, "the revision");
  }),

  leaseLaw("Each lease has a greater epoch than those before it, also of a runtime that was deleted", async (store) => {
    const epochs: number[] = [];
    for (const between of [
      () => store.commitSessionBoundary("r", boundary()),
      () => store.persistInputState("r", inputState(1)),
      () => store.deleteRuntime("r"),
      () => store.persistRuntimeState("r", "idle"),
      () => store.deleteRuntime("r", { withSessions: true }),
      () => store.deleteRuntime("r"),
      () => Promise.resolve(),
    ]) {
      const lease = await store.acquireRuntime("r");
      epochs.push(lease.epoch);
      await lease.release();
      await between();
    }
    const isRising = epochs.every((epoch, index) => Number.isSafeInteger(epoch) && epoch > (epochs[index - 1] ?? 0));
    expectThat(isRising, `the epochs ${epochs.join()} rise`);
  }),

  leaseLaw("A lease is a store for its runtime", async (store) => {
    const lease = await store.acquireRuntime("r");
    expectEqual(lease.runtimeId, "r", "the runtime's id");
    for (const call of Object.values(everyOperation)) await call(lease);
    await lease.commitSessionBoundary("r", boundary({ operationId: "o" }));
    await lease.sessions.save(snapshot(sessionId(5)));
    expectThat(await store.sessions.exists(sessionId(5)), "the session is there");
    const loaded = await lease.loadRuntime("r");
    expectEqual(loaded, await store.loadRuntime("r"), "the runtime");
    expectEqual(loaded.revision, 3, "the revision");
    expectEqual(await store.verifyRuntime("r"), await lease.verifyRuntime("r"), "the findings");
    expectThat(!lease.signal.aborted, "the lease is held");
  }),

  leaseLaw("A lease is of one runtime and refuses every other", async (store) => {
    await furnish(store);
    const lease = await store.acquireRuntime("r");
    await expectNothingWritten(store, async () => {
      for (const [name, call] of Object.entries(runtimeOperations(FURNISHED))) {
        await expectRejection(() => call(lease), "invalid_input", { path: "runtimeId" }, name);
      }
      await expectRejection(() => lease.acquireRuntime("another"), "unsupported");
    });
  }),

  leaseLaw("Acquiring changes neither revision nor rows, and revives no deleted runtime", async (store) => {
    await furnish(store);
    await store.deleteRuntime("another");
    await expectNothingWritten(store, async () => {
      for (const runtimeId of [FURNISHED, "another"]) await (await store.acquireRuntime(runtimeId)).release();
    });
    expectEqual(await store.verifyRuntime("another"), [], "the findings");
    await (await store.acquireRuntime("new")).release();
    expectEqual((await store.loadRuntime("new")).revision, 0, "the revision of a new runtime");
    expectEqual(await store.verifyRuntime("new"), [], "the findings");
  }),

  leaseLaw("A stolen lease tells that it is lost, and every call through it is refused", async (store) => {
    const { lost, held } = await stolen(store);
    await held.commitSessionBoundary("r", boundary());
    await expectNothingWritten(store, () => expectEnded(lost));
    expectThat(!held.signal.aborted, "the new lease is held");
    await lost.release();
    expectThat(await isHeld(store), "the runtime is held by the new lease");
    expectEqual((await held.commitSessionBoundary("r", boundary())).sequence, 1, "the sequence");
  }),

  leaseLaw("A released lease is refused, whichever way it was released", async (store) => {
    await furnish(store);
    const endings: ((lease: RuntimeLease) => Promise<void>)[] = [
      (lease) => lease.release(),
      (lease) => lease.close(),
      (lease) => Promise.all([lease.release(), lease.release(), lease.close()]).then(() => undefined),
    ];
    const dispose = Symbol.asyncDispose as symbol | undefined; // not every browser has it
    if (dispose) endings.push(async (lease) => lease[Symbol.asyncDispose]());
    for (const end of endings) {
      const lease = await store.acquireRuntime("r");
      await end(lease);
      await expectNothingWritten(store, () => expectEnded(lease));
      expectThat(!(await isHeld(store)), "the runtime is free");
    }
    await store.persistRuntimeState("r", "idle");
  }),

  leaseLaw("Releasing lets the calls made before end, and refuses those made after", async (store) => {
    const lease = await store.acquireRuntime("r");
    const commits = [1, 2, 3].map((n) => lease.commitSessionBoundary("r", boundary({ runId: runId(n) })));
    const next = store.acquireRuntime("r").then(async (other) => {
      const { revision } = await other.loadRuntime("r");
      await other.release();
      return revision;
    });
    const released = lease.release();
    const late = expectRejection(() => lease.commitSessionBoundary("r", boundary()), "lease_lost");
    await Promise.all([...commits, released, late]);
    expectEqual(await next, 3, "the revision that the next one finds");
  }),

  leaseLaw("A lost lease is told before revision and sequence, a repeated operation before it", async (store) => {
    const lost = await store.acquireRuntime("r");
    const operation = boundary({ operationId: "o" });
    const first = await lost.commitSessionBoundary("r", operation);
    await store.acquireRuntime("r", { steal: true });
    expectEqual(await lost.commitSessionBoundary("r", operation), first, "the repeated operation's receipt");
    await expectRejection(
      () => lost.commitSessionBoundary("r", { ...operation, runId: runId(2) }),
      "operation_conflict",
    );
    await expectRejection(() => lost.commitSessionBoundary("r", boundary({ expectedRevision: 9 })), "lease_lost");
    await expectRejection(() => lost.atomicApply("r", apply({ receipt: receipt(first) })), "lease_lost");
    await expectRejection(() => lost.atomicApply("r", apply({ expectedRevision: 9 })), "lease_lost");
  }),

  leaseLaw("A store that never acquired the runtime is not kept out", async (store) => {
    const lease = await store.acquireRuntime("r");
    await store.commitSessionBoundary("r", boundary());
    await store.deleteRuntime("r");
    await lease.commitSessionBoundary("r", boundary());
    expectEqual((await store.loadRuntime("r")).revision, 2, "the revision");
  }),

  leaseLaw("A signal ends the waiting with its own reason, and gives the place away", async (store) => {
    const lease = await store.acquireRuntime("r");
    const [waiting, after] = [new AbortController(), new AbortController()];
    const given = store.acquireRuntime("r", { signal: waiting.signal }).catch((error: unknown) => error);
    const next = store.acquireRuntime("r", { signal: after.signal });
    waiting.abort("enough");
    expectEqual(await given, "enough", "the reason");
    const aborted = store.acquireRuntime("other", { signal: waiting.signal }).catch((error: unknown) => error);
    expectEqual(await aborted, "enough", "the reason when it was aborted before");
    await lease.release();
    const held = await next;
    after.abort("too late");
    await held.persistRuntimeState("r", "idle");
    expectThat(!held.signal.aborted, "a lease that was given outlives the signal");
  }),

  leaseLaw("Closing a store ends its leases and its waiting", async (store) => {
    const lease = await store.acquireRuntime("r");
    const commit = lease.commitSessionBoundary("r", boundary());
    const waiting = expectRejection(() => store.acquireRuntime("r"), "database_closed");
    await store.close();
    await Promise.all([waiting, commit]);
    expectEqual(await endOf(lease), "lease_lost", "the reason of the lease's signal");
    for (const [name, call] of Object.entries(everyOperation)) {
      await expectRejection(() => call(lease), "database_closed", {}, name);
    }
    await expectRejection(() => store.acquireRuntime("r"), "database_closed");
    await lease.release();
  }),

  leaseLaw("What is subscribed through a lease hears what its store hears, until the lease ends", async (store) => {
    const lease = await store.acquireRuntime("r");
    const [heard, heardByStore]: string[][] = [[], []];
    lease.subscribe(({ kind, origin }) => expectPresent(heard, "the list").push(`${kind} ${origin}`));
    store.subscribe(({ kind, origin }) => expectPresent(heardByStore, "the list").push(`${kind} ${origin}`));
    await lease.persistRuntimeState("r", "idle");
    await store.persistInputState("another", inputState(1));
    await lease.release();
    await store.commitSessionBoundary("r", boundary());
    expectEqual(heard, ["lifecycle here", "inputs here"], "what the lease's listener heard");
    expectEqual(heardByStore, ["lifecycle here", "inputs here", "boundary here"], "what the store's listener heard");
  }),

  leaseLaw("Bad arguments of acquiring are refused, and nothing is held", async (store) => {
    for (const id of [...bad.NOT_TEXT, undefined]) {
      await expectRejection(() => store.acquireRuntime(wrong(id)), "invalid_input", { path: "runtimeId" });
    }
    const badOptions: [Record<keyof AcquireOptions, unknown> | object | null, string][] = [
      [null, "options"],
      [wrong("wait"), "options"],
      [{ mode: "later" }, "mode"],
      [{ mode: null }, "mode"],
      [{ steal: 1 }, "steal"],
      [{ signal: {} }, "signal"],
    ];
    for (const [options, path] of badOptions) {
      await expectRejection(() => store.acquireRuntime("r", wrong(options)), "invalid_input", { path });
    }
    const nothing = { mode: undefined, steal: undefined, signal: undefined };
    await (await store.acquireRuntime("r", nothing)).release();
    expectEqual((await store.listRuntimes()).length, 1, "the number of runtimes");
  }),

  betweenStores("Two stores never hold one runtime at a time", async (store, openAgain) => {
    const other = await openAgain();
    const lease = await store.acquireRuntime("r");
    expectThat(await isHeld(other), "it is held for the other store");
    const waiting = other.acquireRuntime("r");
    await lease.commitSessionBoundary("r", boundary());
    await store.close();
    const next = await waiting;
    expectThat(next.epoch > lease.epoch, "the epoch rises");
    expectEqual((await next.loadRuntime("r")).revision, 1, "the revision");
  }),

  betweenStores("What another store steals is lost here", async (store, openAgain) => {
    const other = await openAgain();
    const lost = await store.acquireRuntime("r");
    const held = await other.acquireRuntime("r", { steal: true });
    await held.commitSessionBoundary("r", boundary());
    await expectNothingWritten(store, () => expectEnded(lost));
    await held.commitSessionBoundary("r", boundary());
  }),

  leaseLaw("A lease restores its runtime and goes on with it, at the epoch that it has", async (store) => {
    const lease = await store.acquireRuntime("r");
    expectEqual(await lease.restoreRuntime(dumpOf("r", { lease_epoch: 7 })), restored("restored", 1), "the answer");
    await lease.commitSessionBoundary("r", boundary({ expectedRevision: 1 }));
    expectEqual((await dumped(store, "r")).lease_epoch, lease.epoch, "the epoch");
  }),

  leaseLaw("A lease restores no other runtime, and a lost one none at all", async (store) => {
    const lease = await store.acquireRuntime("r");
    const refused = { path: "runtimeId" };
    await expectNothingWritten(store, () =>
      expectRejection(() => lease.restoreRuntime(dumpOf("s")), "invalid_input", refused),
    );
    const thief = await store.acquireRuntime("r", { steal: true });
    await expectNothingWritten(store, async () => {
      for (const options of [{}, { onConflict: "replace" }, { dryRun: true }] as const) {
        await expectRejection(() => lease.restoreRuntime(dumpOf("r"), options), "lease_lost");
      }
    });
    expectEqual(await thief.restoreRuntime(dumpOf("r")), restored("restored", 1), "the answer to who holds it");
    await thief.release();
  }),

  leaseLaw("Restoring takes no lease from its holder", async (store) => {
    const lease = await store.acquireRuntime("r");
    await lease.commitSessionBoundary("r", boundary());
    const answer = await store.restoreRuntime(dumpOf("r", { lease_epoch: 7 }), { onConflict: "replace" });
    expectEqual(answer, restored("replaced", 2), "the answer");
    expectEqual((await dumped(store, "r")).lease_epoch, lease.epoch, "the epoch");
    await expectRejection(
      () => lease.commitSessionBoundary("r", boundary({ expectedRevision: 1 })),
      "revision_conflict",
    );
    await lease.commitSessionBoundary("r", boundary({ expectedRevision: 2 }));
  }),

  leaseLaw("A runtime that nobody has acquired here keeps the epoch of its dump", async (store) => {
    await store.restoreRuntime(dumpOf("r", { lease_epoch: 7 }));
    expectEqual((await store.acquireRuntime("r")).epoch, 8, "the next epoch");
    await store.deleteRuntime("r");
    await store.restoreRuntime(dumpOf("r", { lease_epoch: 3 }));
    expectEqual((await dumped(store, "r")).lease_epoch, 8, "the epoch after an older dump");
    await store.restoreRuntime(dumpOf("s", { lease_epoch: Number.MAX_SAFE_INTEGER, sessions: [] }));
    await expectRejection(() => store.acquireRuntime("s"), "unsupported");
  }),
];
