export type { ContentBlock, RenderMetadata } from "./content-block.ts";
export { dateTimeToMilliseconds, type Moment, wireTime } from "./date-time.ts";
export { defaultPolicy } from "./default-policy.ts";
export {
  formatBoundaryReceipt,
  formatInput,
  formatInputState,
  formatOpsSnapshot,
  formatRuntimeState,
} from "./format.ts";
export type { Input, PeerConvention } from "./input.ts";
export type { InputDurability, InputHeader, InputOrigin } from "./input-header.ts";
export { advanceInputState, consumedByRun, type Consumption } from "./input-lifecycle.ts";
export {
  type InputAbandonReason,
  type InputHistoryEntry,
  type InputLifecycleState,
  type InputState,
  type InputTerminalOutcome,
  isTerminalInputState,
  type ReconstructionSource,
} from "./input-state.ts";
export type { InputTransition } from "./input-transition.ts";
export { type PromptOptions, promptInput, type QueueOptions, queuedInputState } from "./new-input.ts";
export type { OpEvent, OperationKind, OperationStatus, OperationTerminalOutcome } from "./operations.ts";
export type {
  CompletionEntry,
  OperationCanonicalState,
  OperationSpec,
  PersistedOpsSnapshot,
  RegistryCanonicalState,
} from "./ops-snapshot.ts";
export {
  parseBoundaryReceipt,
  parseBoundaryReceiptJson,
  parseInput,
  parseInputJson,
  parseInputState,
  parseInputStateJson,
  parseOpsSnapshot,
  parseOpsSnapshotJson,
  parseRuntimeState,
  parseRuntimeStateJson,
} from "./parse.ts";
export type { PolicyDecision, PolicySnapshot } from "./policy.ts";
export { type RecoveredInput, recoverInputState } from "./recover-input.ts";
export { decodeRecord, type EncodedRecord, encodeRecord } from "./row-codec.ts";
export type { RunApplyBoundary, RunBoundaryReceipt } from "./run-boundary-receipt.ts";
export {
  assertTransition,
  canAcceptInput,
  canProcessQueue,
  canTransition,
  isAttached,
  isIdleOrAttached,
  isTerminalRuntimeState,
  type RuntimeState,
} from "./runtime-state.ts";
export type { SystemTime } from "./system-time.ts";
export type { HandlingMode, RuntimeTurnMetadata } from "./turn-metadata.ts";
