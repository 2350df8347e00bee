import { describe, expect, test } from "vitest";
import { laws } from "../../src/conformance/index.ts";
import type { Harness, Law } from "../../src/conformance/index.ts";
import type { BurrowStore } from "../../src/contract/index.ts";
import { memoryHarness } from "./harnesses.ts";

/** The memory harness, with a fault built into each of its stores. */
const faulty = (fault: (store: BurrowStore) => void): Harness => ({
  ...memoryHarness,
  async open(name) {
    const store = await memoryHarness.open(name);
    fault(store);
    return store;
  },
});

/** Under the name of each law, a fault that breaks it. */
const FAULTS: Readonly<Record<string, (store: BurrowStore) => void>> = {
  "A boundary commit stamps every input update with its run and sequence, contributor or not": (store) => {
    const commit = store.commitSessionBoundary.bind(store);
    store.commitSessionBoundary = async (runtimeId, boundary) => {
      const minted = await commit(runtimeId, boundary);
      for (const state of boundary.inputUpdates) await store.persistInputState(runtimeId, state);
      return minted;
    };
  },
  "Input states come by ascending id, whatever their order of arrival": (store) => {
    const load = store.loadInputStates.bind(store);
    store.loadInputStates = async (runtimeId) => (await load(runtimeId)).reverse();
  },
  "What was never stored is absent, not an error": (store) => {
    const load = store.loadRuntimeState.bind(store);
    store.loadRuntimeState = async (runtimeId) => (await load(runtimeId)) ?? (null as never);
  },
  "Records are copied at the call, whatever becomes of the caller's own": (store) => {
    const persist = store.persistInputState.bind(store);
    store.persistInputState = async (runtimeId, state) => {
      await Promise.resolve();
      await persist(runtimeId, state);
    };
  },
  "Bad arguments of deleteRuntime are refused and nothing is written": (store) => {
    const remove = store.deleteRuntime.bind(store);
    store.deleteRuntime = (runtimeId, options) => remove(runtimeId, options).catch(() => undefined);
  },
  "Every runtime is measured, by id, with the length of its snapshot": (store) => {
    const measure = store.measureRuntimes.bind(store);
    store.measureRuntimes = async () => (await measure()).map((size) => ({ ...size, snapshot_bytes: 0 }));
  },
  "A gap in a run's sequences is a notice about the receipt behind it": (store) => {
    store.verifyRuntime = () => Promise.resolve([]);
  },
  "An aborted verification rejects with the signal's reason, and the store works on": (store) => {
    const verify = store.verifyRuntime.bind(store);
    store.verifyRuntime = (runtimeId) => verify(runtimeId);
  },
  "A runtime id that is no well-formed text is refused by every operation, and nothing is written": (store) => {
    const load = store.loadOpsLifecycle.bind(store);
    store.loadOpsLifecycle = (runtimeId) => {
      if (typeof runtimeId !== "string") throw new TypeError("no text");
      return load(runtimeId);
    };
  },
};

const lawNamed = (name: string): Law | undefined => laws.find((law) => law.name === name);

describe("A store that breaks a law is found out:", () => {
  test.each(Object.entries(FAULTS))("%s", async (name, fault) => {
    await expect(lawNamed(name)?.run(memoryHarness)).resolves.toBeUndefined();
    await expect(lawNamed(name)?.run(faulty(fault))).rejects.toThrow();
  });
});

test("No two laws share a name, and with it a database", () => {
  expect(new Set(laws.map((law) => law.name)).size).toBe(laws.length);
});

test("A law closes and destroys what it opened, also when it fails", async () => {
  const events: string[] = [];
  const harness: Harness = {
    ...memoryHarness,
    open: async (name) => {
      const store = await memoryHarness.open(name);
      const close = store.close.bind(store);
      store.loadRuntimeHead = () => Promise.reject(new Error("a fault"));
      store.close = () => {
        events.push("closed");
        return close();
      };
      return store;
    },
    destroy: () => {
      events.push("destroyed");
      return Promise.resolve();
    },
  };
  const law = lawNamed("A head says where the last boundary left its runtime");
  await expect(law?.run(harness)).rejects.toThrow("a fault");
  expect(events).toEqual(["destroyed", "closed", "destroyed"]);
});
