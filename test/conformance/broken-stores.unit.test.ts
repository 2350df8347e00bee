import { describe, expect, test } from "vitest";
import { BrokenLaw, laws, lawsFor } from "../../src/conformance/index.ts";
import type { Harness } from "../../src/conformance/index.ts";
import type { BurrowStore } from "../../src/contract/index.ts";
import { memoryHarness } from "./harnesses.ts";

/** The memory store with some operations of its own replaced. */
const storeWith = (replace: (store: BurrowStore) => Partial<BurrowStore>): Harness => ({
  ...memoryHarness,
  async open(name) {
    const store = await memoryHarness.open(name);
    const faults = replace(store);
    return new Proxy(store, {
      get(target, member) {
        const value: unknown = Reflect.get(Object.hasOwn(faults, member) ? faults : target, member);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
  },
});

const FAULTS: Readonly<Record<string, (store: BurrowStore) => Partial<BurrowStore>>> = {
  "loses the stamp": (store) => ({
    commitSessionBoundary: async (runtimeId, boundary) => {
      const minted = await store.commitSessionBoundary(runtimeId, boundary);
      for (const state of boundary.inputUpdates) await store.persistInputState(runtimeId, state);
      return minted;
    },
  }),
  "lists in another order": (store) => ({
    loadInputStates: async (runtimeId) => (await store.loadInputStates(runtimeId)).reverse(),
  }),
  "answers null for nothing": (store) => ({
    loadRuntimeState: async (runtimeId) => (await store.loadRuntimeState(runtimeId)) ?? (null as never),
  }),
  "captures late": (store) => ({
    persistInputState: async (runtimeId, state) => {
      await Promise.resolve();
      await store.persistInputState(runtimeId, state);
    },
  }),
  "swallows bad input": (store) => ({
    deleteRuntime: (runtimeId, options) => store.deleteRuntime(runtimeId, options).catch(() => undefined),
  }),
  "throws instead of rejecting": (store) => ({
    loadOpsLifecycle: (runtimeId) => {
      if (typeof runtimeId !== "string") throw new TypeError("no text");
      return store.loadOpsLifecycle(runtimeId);
    },
  }),
};

describe("The laws find out a store that", () => {
  test.each(Object.entries(FAULTS))("%s", async (_, fault) => {
    const harness = storeWith(fault);
    const ends = await Promise.allSettled(lawsFor(harness).map((law) => law.run(harness)));
    const reasons = ends.flatMap((end) => (end.status === "rejected" ? [end.reason as unknown] : []));
    expect(reasons.some((reason) => reason instanceof BrokenLaw)).toBe(true);
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
  const law = laws.find(({ name }) => name.startsWith("A head says"));
  await expect(law?.run(harness)).rejects.toThrow("a fault");
  expect(events).toEqual(["destroyed", "closed", "destroyed"]);
});
