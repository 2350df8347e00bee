import { afterEach, expect, test, vi } from "vitest";
import type { RuntimeChange } from "../../src/contract/index.ts";
import { createMemoryRuntimeStore } from "../../src/memory/index.ts";
import { Changes } from "../../src/store/changes.ts";

const HINT = { runtimeId: "agent", kind: "boundary", revision: 1 };

afterEach(() => {
  vi.unstubAllGlobals();
});

test.each([["with", vi.fn()] as const, ["without", undefined] as const])(
  "a listener that throws harms neither the call nor other listeners, %s reportError",
  async (_, reportError) => {
    vi.stubGlobal("reportError", reportError);
    const store = createMemoryRuntimeStore();
    const heard: RuntimeChange[] = [];
    const failure = new Error("a listener's own");
    store.subscribe(() => {
      throw failure;
    });
    store.subscribe((change) => heard.push(change));
    await store.persistRuntimeState("agent", "idle");
    expect(heard).toEqual([{ runtimeId: "agent", kind: "lifecycle", revision: 0, origin: "here" }]);
    if (reportError) expect(reportError.mock.calls).toEqual([[failure]]);
  },
);

test("what anybody else posts to the channel is no change", () => {
  let arrive: (message: unknown) => void = () => undefined;
  const posted: unknown[] = [];
  const changes = new Changes({ post: (message) => posted.push(message), listen: (listener) => (arrive = listener) });
  const heard: RuntimeChange[] = [];
  changes.subscribe((change: RuntimeChange) => heard.push(change), new AbortController().signal);
  const foreign = [
    undefined,
    null,
    "boundary",
    [],
    {},
    { ...HINT, runtimeId: 1 },
    { ...HINT, kind: "burrowed" },
    { ...HINT, kind: "toString" },
    { ...HINT, revision: "1" },
    { ...HINT, revision: 0.5 },
  ];
  for (const message of foreign) arrive(message);
  expect(heard).toEqual([]);
  arrive({ ...HINT, origin: "here", more: 1 });
  expect(heard).toEqual([{ ...HINT, origin: "elsewhere" }]);
  expect(posted).toEqual([]);
});
