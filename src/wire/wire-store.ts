import type { BurrowStore, PendingInput, RuntimeHead, SessionMeta } from "../contract/index.ts";
import { within } from "../core/within.ts";
import {
  formatBoundaryReceipt,
  formatInputState,
  formatOpsSnapshot,
  parseBoundaryReceiptJson,
  parseInputStateJson,
  parseOpsSnapshotJson,
  type RunApplyBoundary,
  type RuntimeState,
} from "../records/index.ts";
import { parseText, parseTexts, textOrNull, textsOf } from "./record-texts.ts";
import type { WirePendingInput, WireStore } from "./wire-contract.ts";

/**
 * A store for a host in WebAssembly: its calls take and give text and bytes, as `WireStore` says. It keeps nothing itself, so
 * that the page may use the store beside it; whoever opened the store closes it.
 */
export const wireStore = (store: BurrowStore): WireStore => ({
  // Nothing is awaited before the store has been called, and the store captures bytes at the call.
  commitSessionBoundary: async (
    runtimeId,
    sessionSnapshot,
    runId,
    boundary,
    contributingInputIds,
    inputUpdates,
    operationId,
    expectedRevision,
  ) => {
    const receipt = await store.commitSessionBoundary(runtimeId, {
      sessionDelta: { sessionSnapshot },
      runId,
      boundary: boundary as RunApplyBoundary,
      contributingInputIds,
      inputUpdates: parseTexts(parseInputStateJson, inputUpdates, "inputUpdates"),
      operationId: operationId ?? undefined,
      expectedRevision: expectedRevision ?? undefined,
    });
    return formatBoundaryReceipt(receipt);
  },

  atomicApply: async (runtimeId, sessionSnapshot, receipt, inputUpdates, sessionStoreKey, expectedRevision) =>
    store.atomicApply(runtimeId, {
      sessionDelta: sessionSnapshot === null || sessionSnapshot === undefined ? undefined : { sessionSnapshot },
      receipt: parseText(parseBoundaryReceiptJson, receipt, "receipt"),
      inputUpdates: parseTexts(parseInputStateJson, inputUpdates, "inputUpdates"),
      sessionStoreKey: sessionStoreKey ?? undefined,
      expectedRevision: expectedRevision ?? undefined,
    }),

  loadInputStates: async (runtimeId) => textsOf(formatInputState, await store.loadInputStates(runtimeId)),

  loadBoundaryReceipt: async (runtimeId, runId, sequence) =>
    textOrNull(formatBoundaryReceipt, await store.loadBoundaryReceipt(runtimeId, runId, sequence)),

  loadSessionSnapshot: async (runtimeId) => (await store.loadSessionSnapshot(runtimeId)) ?? null,

  persistInputState: async (runtimeId, state) =>
    store.persistInputState(runtimeId, parseText(parseInputStateJson, state, "state")),

  loadInputState: async (runtimeId, inputId) =>
    textOrNull(formatInputState, await store.loadInputState(runtimeId, inputId)),

  persistRuntimeState: async (runtimeId, state) => store.persistRuntimeState(runtimeId, state as RuntimeState),

  loadRuntimeState: async (runtimeId) => (await store.loadRuntimeState(runtimeId)) ?? null,

  atomicLifecycleCommit: async (runtimeId, runtimeState, inputStates) =>
    store.atomicLifecycleCommit(runtimeId, {
      runtimeState: runtimeState as RuntimeState,
      inputStates: parseTexts(parseInputStateJson, inputStates, "inputStates"),
    }),

  persistOpsLifecycle: async (runtimeId, snapshot) =>
    store.persistOpsLifecycle(runtimeId, parseText(parseOpsSnapshotJson, snapshot, "snapshot")),

  loadOpsLifecycle: async (runtimeId) => textOrNull(formatOpsSnapshot, await store.loadOpsLifecycle(runtimeId)),

  loadRuntime: async (runtimeId) => {
    const { revision, head, runtimeState, sessionSnapshot, pendingInputs } = await store.loadRuntime(runtimeId);
    return {
      revision: BigInt(revision),
      head: textOrNull(plainText, head),
      runtimeState: runtimeState ?? null,
      sessionSnapshot: sessionSnapshot ?? null,
      pendingInputs: pendingInputs.map((input, index) =>
        within(`pendingInputs[${index}]`, () => pendingInputText(input)),
      ),
    };
  },

  findBoundaryReceipt: async (runtimeId, operationId) => {
    const found = await store.findBoundaryReceipt(runtimeId, operationId);
    if (found === undefined) return null;
    const { receipt, revision, committed_at, minted, byte_length } = found;
    return {
      receipt: formatBoundaryReceipt(receipt),
      revision: BigInt(revision),
      committedAt: BigInt(committed_at),
      minted,
      byteLength: byte_length === undefined ? null : BigInt(byte_length),
    };
  },

  listRuntimes: async () => (await store.listRuntimes()).map(plainText),

  saveSession: async (snapshot) => store.sessions.save(snapshot),

  loadSession: async (id) => (await store.sessions.load(id)) ?? null,

  listSessions: async (createdAfter, updatedAfter, limit, offset) => {
    const sessions = await store.sessions.list({
      createdAfter: asNumber(createdAfter),
      updatedAfter: asNumber(updatedAfter),
      limit: asNumber(limit),
      offset: asNumber(offset),
    });
    return sessions.map(plainText);
  },

  deleteSession: async (id) => store.sessions.delete(id),

  sessionExists: async (id) => store.sessions.exists(id),
});

/** Heads and session metas are plain JSON by their making. */
const plainText = (value: RuntimeHead | SessionMeta): string => JSON.stringify(value);

const pendingInputText = ({ state, receipt }: PendingInput): WirePendingInput => ({
  state: formatInputState(state),
  receipt: textOrNull(formatBoundaryReceipt, receipt),
});

const asNumber = (given: bigint | number | null | undefined): number | undefined =>
  typeof given === "bigint" ? Number(given) : (given ?? undefined);
