import type { AtomicApply, SessionBoundary } from "../contract/index.ts";
import { RuntimeStoreError } from "../core/errors.ts";
import { asInputId, asRunId, asSessionId, type InputId, type RunId, type SessionId } from "../core/ids.ts";
import { within } from "../core/within.ts";
import type { InputState, RunApplyBoundary, RunBoundaryReceipt } from "../records/index.ts";
import { parseBoundaryReceipt } from "../records/index.ts";
import {
  checkedArray,
  checkedChoice,
  checkedCount,
  checkedId,
  checkedMembers,
  checkedText,
  optional,
} from "../arguments/checked-arguments.ts";
import { checkedInputStates } from "./input-states.ts";
import type { IssuedSnapshots, Snapshot } from "./issued-snapshots.ts";

/** What a boundary of either kind brings, captured, parsed and hashed. */
export interface Boundary {
  readonly runtimeId: string;
  readonly snapshot: Snapshot | undefined;
  readonly inputUpdates: readonly InputState[];
  readonly expectedRevision: number | undefined;
}

/** A boundary whose receipt the store makes. */
export interface MintedBoundary extends Boundary {
  readonly snapshot: Snapshot;
  readonly runId: RunId;
  readonly boundary: RunApplyBoundary;
  readonly contributingInputIds: readonly InputId[];
  readonly operationId: string | undefined;
}

/** A boundary whose receipt the caller made. */
export interface AppliedBoundary extends Boundary {
  readonly receipt: RunBoundaryReceipt;
}

const BOUNDARIES: readonly RunApplyBoundary[] = ["immediate", "run_start", "run_checkpoint"];

const BOUNDARY_MEMBERS = [
  "sessionDelta",
  "runId",
  "boundary",
  "contributingInputIds",
  "inputUpdates",
  "operationId",
  "expectedRevision",
] as const satisfies readonly (keyof SessionBoundary)[];

const APPLY_MEMBERS = [
  "sessionDelta",
  "receipt",
  "inputUpdates",
  "sessionStoreKey",
  "expectedRevision",
] as const satisfies readonly (keyof AtomicApply)[];

/** A commit's arguments. All of them are captured, checked and parsed when this returns; then the snapshot is read. */
export async function mintedBoundary(
  runtimeId: string,
  given: SessionBoundary,
  issued: IssuedSnapshots,
): Promise<MintedBoundary> {
  const boundary = checkedMembers(given, "boundary", BOUNDARY_MEMBERS);
  return {
    runtimeId: checkedText(runtimeId, "runtimeId"),
    runId: checkedId(boundary.runId, "runId", asRunId),
    boundary: checkedChoice(boundary.boundary, "boundary", BOUNDARIES),
    contributingInputIds: checkedArray(boundary.contributingInputIds, "contributingInputIds", (id, path) =>
      checkedId(id, path, asInputId),
    ),
    inputUpdates: checkedInputStates(boundary.inputUpdates, "inputUpdates"),
    operationId: optional(boundary.operationId, "operationId", checkedText),
    expectedRevision: optional(boundary.expectedRevision, "expectedRevision", checkedCount),
    snapshot: await snapshotOf(boundary.sessionDelta, runtimeId, issued), // the last one, for what stands behind it waits
  };
}

/** An apply's arguments, as `mintedBoundary` gives a commit's. */
export async function appliedBoundary(
  runtimeId: string,
  given: AtomicApply,
  issued: IssuedSnapshots,
): Promise<AppliedBoundary> {
  const apply = checkedMembers(given, "apply", APPLY_MEMBERS);
  const key = optional(apply.sessionStoreKey, "sessionStoreKey", (id, path) => checkedId(id, path, asSessionId));
  const applied = {
    runtimeId: checkedText(runtimeId, "runtimeId"),
    receipt: within("receipt", () => parseBoundaryReceipt(apply.receipt)),
    inputUpdates: checkedInputStates(apply.inputUpdates, "inputUpdates"),
    expectedRevision: optional(apply.expectedRevision, "expectedRevision", checkedCount),
    snapshot: apply.sessionDelta === undefined ? undefined : await snapshotOf(apply.sessionDelta, runtimeId, issued),
  };
  try {
    assertNamesSession(key, applied.snapshot);
  } catch (error) {
    issued.withdraw(runtimeId, applied.snapshot?.version ?? "");
    throw error;
  }
  return applied;
}

async function snapshotOf(sessionDelta: unknown, runtimeId: string, issued: IssuedSnapshots): Promise<Snapshot> {
  const { sessionSnapshot } = checkedMembers(sessionDelta, "sessionDelta", ["sessionSnapshot"]);
  return issued.capture(sessionSnapshot, "sessionDelta.sessionSnapshot", runtimeId);
}

function assertNamesSession(key: SessionId | undefined, snapshot: Snapshot | undefined): void {
  if (key === undefined || snapshot === undefined || key === snapshot.reading.session_id) return;
  const inside = snapshot.reading.session_id;
  throw new RuntimeStoreError("session_key_mismatch", `sessionStoreKey names ${key}, the snapshot is of ${inside}`, {
    path: "sessionStoreKey",
  });
}
