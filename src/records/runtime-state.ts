import type * as v from "valibot";
import { RuntimeStoreError } from "../core/errors.ts";
import { oneOf } from "./scalars.ts";

// meerkat-runtime v0.5.2 runtime_state.rs

export const runtimeState = oneOf(
  "initializing",
  "idle",
  "attached",
  "running",
  "recovering",
  "retired",
  "stopped",
  "destroyed",
);
/** What a runtime as a whole is doing. */
export type RuntimeState = v.InferOutput<typeof runtimeState>;

const SUCCESSORS: Readonly<Record<RuntimeState, readonly RuntimeState[]>> = {
  initializing: ["idle", "stopped", "destroyed"],
  idle: ["attached", "running", "retired", "recovering", "stopped", "destroyed"],
  attached: ["running", "idle", "retired", "recovering", "stopped", "destroyed"],
  running: ["idle", "attached", "recovering", "retired", "stopped", "destroyed"],
  recovering: ["idle", "attached", "running", "stopped", "destroyed"],
  retired: ["running", "stopped", "destroyed"],
  stopped: [],
  destroyed: [],
};

/** Whether a runtime in this state never runs again. */
export function isTerminalRuntimeState(state: RuntimeState): boolean {
  return state === "stopped" || state === "destroyed";
}

/** Whether a runtime in this state takes new inputs; a retired one only finishes those that it has. */
export function canAcceptInput(state: RuntimeState): boolean {
  return state === "running" || isIdleOrAttached(state);
}

/** Whether a runtime in this state may start on its queued inputs. */
export function canProcessQueue(state: RuntimeState): boolean {
  return state === "retired" || isIdleOrAttached(state);
}

/** Whether an executor is attached and waiting for work. */
export function isAttached(state: RuntimeState): boolean {
  return state === "attached";
}

/** Whether a runtime waits for work, with an executor attached or without. */
export function isIdleOrAttached(state: RuntimeState): boolean {
  return state === "idle" || state === "attached";
}

/** Whether the native table of transitions has this one; a state is no successor of itself. The store itself forbids none. */
export function canTransition(from: RuntimeState, to: RuntimeState): boolean {
  return SUCCESSORS[from].includes(to);
}

/**
 * Does nothing for a transition of the native table, and throws in the native runtime's words for any other.
 * @throws {RuntimeStoreError} `invalid_input`
 */
export function assertTransition(from: RuntimeState, to: RuntimeState): void {
  if (canTransition(from, to)) return;
  throw new RuntimeStoreError("invalid_input", `Invalid runtime state transition: ${from} -> ${to}`);
}
