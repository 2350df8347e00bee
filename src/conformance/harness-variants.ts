import type { BurrowStore, SessionStore } from "../contract/index.ts";
import { RuntimeStoreError } from "../core/errors.ts";
import type { Capability, Harness } from "./law.ts";

/**
 * A harness whose stores are closed and opened again before every read, so that each law is put to what is really stored.
 * The harness that it is made of must be able to `reopen`.
 */
export const reopening = (harness: Harness): Harness =>
  variantOf(harness, async (name) => {
    let current = await harness.open(name);
    // While a reopening is under way, what the calls behind it wait for.
    let underWay: Promise<BurrowStore> | undefined;
    let isClosed = false;
    const write: Route = (call) => (underWay === undefined ? call(current) : underWay.then(call));
    return routedStore({
      write,
      read: (call) => {
        if (isClosed) return write(call);
        const reopened = (async () => {
          const before = underWay === undefined ? current : await underWay;
          await before.close();
          return harness.open(name);
        })();
        underWay = reopened;
        void reopened.then(
          (store) => {
            current = store;
            if (underWay === reopened) underWay = undefined;
          },
          () => undefined, // Every later call fails with the same error.
        );
        return reopened.then(call);
      },
      close: () => {
        isClosed = true;
        return write((store) => store.close());
      },
    });
  });

/**
 * A harness whose stores are two under one name, which take turns call by call, so that each law is put to what two tabs do
 * to each other. The harness that it is made of must be able to `open twice`.
 */
export const alternating = (harness: Harness): Harness =>
  variantOf(harness, async (name) => {
    let [next, other] = [await harness.open(name), await harness.open(name)];
    const inTurn: Route = (call) => {
      [next, other] = [other, next];
      return call(other);
    };
    return routedStore({
      write: inTurn,
      read: inTurn,
      close: async () => {
        await Promise.all([next.close(), other.close()]);
      },
    });
  });

function variantOf(harness: Harness, open: Harness["open"]): Harness {
  const capabilities = new Set<Capability>(harness.capabilities);
  capabilities.delete("one connection");
  capabilities.delete("leases");
  return { capabilities, open, destroy: (name) => harness.destroy(name) };
}

/** Decides which store a call goes to, and when. */
type Route = <T>(call: (store: BurrowStore) => Promise<T>) => Promise<T>;

function routedStore({ write, read, close }: { write: Route; read: Route; close: () => Promise<void> }): BurrowStore {
  const sessions: SessionStore = {
    save: (...given) => write((store) => store.sessions.save(...given)),
    load: (...given) => read((store) => store.sessions.load(...given)),
    list: (...given) => read((store) => store.sessions.list(...given)),
    delete: (...given) => write((store) => store.sessions.delete(...given)),
    exists: (...given) => read((store) => store.sessions.exists(...given)),
  };
  return {
    sessions,
    commitSessionBoundary: (...given) => write((store) => store.commitSessionBoundary(...given)),
    atomicApply: (...given) => write((store) => store.atomicApply(...given)),
    loadInputStates: (...given) => read((store) => store.loadInputStates(...given)),
    loadBoundaryReceipt: (...given) => read((store) => store.loadBoundaryReceipt(...given)),
    loadSessionSnapshot: (...given) => read((store) => store.loadSessionSnapshot(...given)),
    persistInputState: (...given) => write((store) => store.persistInputState(...given)),
    loadInputState: (...given) => read((store) => store.loadInputState(...given)),
    persistRuntimeState: (...given) => write((store) => store.persistRuntimeState(...given)),
    loadRuntimeState: (...given) => read((store) => store.loadRuntimeState(...given)),
    atomicLifecycleCommit: (...given) => write((store) => store.atomicLifecycleCommit(...given)),
    persistOpsLifecycle: (...given) => write((store) => store.persistOpsLifecycle(...given)),
    loadOpsLifecycle: (...given) => read((store) => store.loadOpsLifecycle(...given)),
    loadRuntime: (...given) => read((store) => store.loadRuntime(...given)),
    loadRuntimeHead: (...given) => read((store) => store.loadRuntimeHead(...given)),
    listRuntimes: (...given) => read((store) => store.listRuntimes(...given)),
    measureRuntimes: (...given) => read((store) => store.measureRuntimes(...given)),
    listBoundaryReceipts: (...given) => read((store) => store.listBoundaryReceipts(...given)),
    listInputStates: (...given) => read((store) => store.listInputStates(...given)),
    findBoundaryReceipt: (...given) => read((store) => store.findBoundaryReceipt(...given)),
    deleteRuntime: (...given) => write((store) => store.deleteRuntime(...given)),
    pruneInputs: (...given) => write((store) => store.pruneInputs(...given)),
    dumpRuntime: (...given) => read((store) => store.dumpRuntime(...given)),
    verifyRuntime: (...given) => read((store) => store.verifyRuntime(...given)),
    acquireRuntime: (...given) => write((store) => store.acquireRuntime(...given)),
    // Which of its stores hears of what is not for a law to know.
    subscribe: () => {
      throw new RuntimeStoreError("unsupported", "a store that is made of several tells of no changes");
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
