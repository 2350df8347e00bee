export * from "./contract/index.ts";
export { isRuntimeStoreError, RuntimeStoreError } from "./core/errors.ts";
export type {
  DataLoss,
  ErrorHead,
  ErrorReceipt,
  LostStanding,
  RowReference,
  RuntimeStoreErrorCode,
  RuntimeStoreErrorFacts,
  RuntimeStoreErrorJson,
  RuntimeStoreErrorKind,
  RuntimeStanding,
} from "./core/errors.ts";
export type {
  InputState,
  PersistedOpsSnapshot,
  RunApplyBoundary,
  RunBoundaryReceipt,
  RuntimeState,
  SystemTime,
} from "./records/index.ts";
export { asInputId, asOperationId, asRunId, asSessionId, newInputId, newRunId, newSessionId } from "./core/ids.ts";
export type { InputId, OperationId, RunId, SessionId, Uuid } from "./core/ids.ts";
