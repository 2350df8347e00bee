import { expect, it } from "vitest";
import {
  assertTransition,
  canAcceptInput,
  canProcessQueue,
  canTransition,
  isAttached,
  isIdleOrAttached,
  isTerminalRuntimeState,
  parseRuntimeState,
} from "../../src/records/index.ts";
import type { RuntimeState } from "../../src/records/index.ts";

const STATES: readonly RuntimeState[] = [
  "initializing",
  "idle",
  "attached",
  "running",
  "recovering",
  "retired",
  "stopped",
  "destroyed",
];

it("there are eight runtime states, each spelled in lower case", () => {
  expect(STATES.map(parseRuntimeState)).toEqual(STATES);
  for (const wrong of ["Idle", " idle", "", null, ["idle"], { idle: 1 }]) {
    expect(() => parseRuntimeState(wrong)).toThrow(expect.objectContaining({ code: "invalid_input" }) as Error);
  }
});

it.each([
  ["is terminal", isTerminalRuntimeState, ["stopped", "destroyed"]],
  ["accepts inputs", canAcceptInput, ["idle", "attached", "running"]],
  ["processes its queue", canProcessQueue, ["idle", "attached", "retired"]],
  ["is attached", isAttached, ["attached"]],
  ["is idle or attached", isIdleOrAttached, ["idle", "attached"]],
])("a runtime %s in the states that the native runtime says", (_, predicate, states) => {
  expect(STATES.filter(predicate)).toEqual(states);
});

it("transitions are those of the native table", () => {
  const successors = STATES.map((from) => `${from}: ${STATES.filter((to) => canTransition(from, to)).join(" ")}`);
  expect(successors).toEqual([
    "initializing: idle stopped destroyed",
    "idle: attached running recovering retired stopped destroyed",
    "attached: idle running recovering retired stopped destroyed",
    "running: idle attached recovering retired stopped destroyed",
    "recovering: idle attached running stopped destroyed",
    "retired: running stopped destroyed",
    "stopped: ",
    "destroyed: ",
  ]);
});

it("a transition that the table does not have is refused in the native runtime's words", () => {
  assertTransition("idle", "attached");
  expect(() => assertTransition("retired", "idle")).toThrow(
    expect.objectContaining({
      code: "invalid_input",
      detail: "Invalid runtime state transition: retired -> idle",
    }) as Error,
  );
});
