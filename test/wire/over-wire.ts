import type { Harness } from "../../src/conformance/index.ts";
import type { BurrowStore, RuntimeHead, SessionMeta, SessionStore } from "../../src/contract/index.ts";
import { readJsonText } from "../../src/json/index.ts";
import {
  formatBoundaryReceipt,
  formatInputState,
  formatOpsSnapshot,
  parseBoundaryReceiptJson,
  parseInputStateJson,
  parseOpsSnapshotJson,
  parseRuntimeState,
} from "../../src/records/index.ts";
import { checkedMembers } from "../../src/arguments/checked-arguments.ts";
import { wireStore, type WireStore } from "../../src/wire/index.ts";
import { sentOption, sentSnapshot, sentText, sentTexts } from "./sent-values.ts";

/** The same harness with its stores behind the wire, which rich values do not pass. */
export function overWire(harness: Harness): Harness {
  const capabilities = new Set(harness.capabilities);
  capabilities.delete("rich values");
  return {
    capabilities,
    open: async (name) => storeOverWire(await harness.open(name)),
    destroy: (name) => harness.destroy(name),
  };
}

/** A host's side of the wire, as a store again. What the wire does not have is asked of the store itself. */
function storeOverWire<S extends BurrowStore>(store: S): S {
  const wire = wireStore(store);
  const hosted: object = {
    ...runtimeOver(wire),
    ...catalogOver(wire),
    sessions: sessionsOver(wire, store.sessions),
    acquireRuntime: async (...given: Parameters<BurrowStore["acquireRuntime"]>) =>
      storeOverWire(await store.acquireRuntime(...given)),
  };
  return new Proxy(store, {
    get: (target, name) => {
      const member: unknown = Reflect.get(hosted, name) ?? Reflect.get(target, name);
      return typeof member === "function" ? (member.bind(target) as unknown) : member;
    },
  });
}

const runtimeOver = (wire: WireStore): Partial<BurrowStore> => ({
  commitSessionBoundary: async (runtimeId, boundary) => {
    const required = ["sessionDelta", "runId", "boundary", "contributingInputIds", "inputUpdates"] as const;
    const given = checkedMembers(boundary, "boundary", [...required, "operationId", "expectedRevision"]);
    const receipt = await wire.commitSessionBoundary(
      runtimeId,
      sentSnapshot(given.sessionDelta),
      given.runId as string,
      given.boundary as string,
      given.contributingInputIds as string[],
      sentTexts("inputUpdates", given.inputUpdates, formatInputState),
      sentOption("operationId", given.operationId),
      sentOption("expectedRevision", given.expectedRevision),
    );
    return parseBoundaryReceiptJson(receipt);
  },
  atomicApply: async (runtimeId, apply) => {
    const required = ["sessionDelta", "receipt", "inputUpdates"] as const;
    const given = checkedMembers(apply, "apply", [...required, "sessionStoreKey", "expectedRevision"]);
    await wire.atomicApply(
      runtimeId,
      given.sessionDelta === undefined ? null : sentSnapshot(given.sessionDelta),
      sentText("receipt", given.receipt, formatBoundaryReceipt),
      sentTexts("inputUpdates", given.inputUpdates, formatInputState),
      sentOption("sessionStoreKey", given.sessionStoreKey),
      sentOption("expectedRevision", given.expectedRevision),
    );
  },
  loadInputStates: async (runtimeId) =>
    (await wire.loadInputStates(runtimeId)).map((text) => parseInputStateJson(text)),
  loadBoundaryReceipt: async (runtimeId, runId, sequence) =>
    received(parseBoundaryReceiptJson, await wire.loadBoundaryReceipt(runtimeId, runId, sequence)),
  loadSessionSnapshot: async (runtimeId) => (await wire.loadSessionSnapshot(runtimeId)) ?? undefined,
  persistInputState: async (runtimeId, state) =>
    wire.persistInputState(runtimeId, sentText("state", state, formatInputState)),
  loadInputState: async (runtimeId, inputId) =>
    received(parseInputStateJson, await wire.loadInputState(runtimeId, inputId)),
  persistRuntimeState: (runtimeId, state) => wire.persistRuntimeState(runtimeId, state),
  loadRuntimeState: async (runtimeId) => received(parseRuntimeState, await wire.loadRuntimeState(runtimeId)),
  atomicLifecycleCommit: async (runtimeId, commit) => {
    const given = checkedMembers(commit, "commit", ["runtimeState", "inputStates"]);
    const inputStates = sentTexts("inputStates", given.inputStates, formatInputState);
    await wire.atomicLifecycleCommit(runtimeId, given.runtimeState as string, inputStates);
  },
  persistOpsLifecycle: async (runtimeId, snapshot) =>
    wire.persistOpsLifecycle(runtimeId, sentText("snapshot", snapshot, formatOpsSnapshot)),
  loadOpsLifecycle: async (runtimeId) => received(parseOpsSnapshotJson, await wire.loadOpsLifecycle(runtimeId)),
});

const catalogOver = (wire: WireStore): Partial<BurrowStore> => ({
  loadRuntime: async (runtimeId) => {
    const { revision, head, runtimeState, sessionSnapshot, pendingInputs } = await wire.loadRuntime(runtimeId);
    return {
      revision: Number(revision),
      head: received((text) => JSON.parse(text) as RuntimeHead, head),
      runtimeState: received(parseRuntimeState, runtimeState),
      sessionSnapshot: sessionSnapshot ?? undefined,
      pendingInputs: pendingInputs.map(({ state, receipt }) => ({
        state: parseInputStateJson(state),
        receipt: received(parseBoundaryReceiptJson, receipt),
      })),
    };
  },
  findBoundaryReceipt: async (runtimeId, operationId) => {
    const found = await wire.findBoundaryReceipt(runtimeId, operationId);
    if (found === null) return undefined;
    const { receipt, revision, committedAt, minted, byteLength } = found;
    return {
      receipt: parseBoundaryReceiptJson(receipt),
      revision: Number(revision),
      committed_at: Number(committedAt),
      minted,
      operation_id: operationId,
      ...(byteLength === null ? {} : { byte_length: Number(byteLength) }),
    };
  },
});

const sessionsOver = (wire: WireStore, sessions: SessionStore): SessionStore => ({
  save: (snapshot) => wire.saveSession(snapshot),
  load: async (id) => (await wire.loadSession(id)) ?? undefined,
  list: async (filter) => {
    const numbers = ["createdAfter", "updatedAfter", "limit", "offset"] as const;
    const given = checkedMembers(filter ?? {}, "filter", [...numbers, "onCorrupt"]);
    if (filter === null || given.onCorrupt !== undefined) return sessions.list(filter);
    const [createdAfter, updatedAfter, limit, offset] = numbers.map((name) => sentOption<number>(name, given[name]));
    const texts = await wire.listSessions(createdAfter, updatedAfter, limit, offset);
    return texts.map((text) => readJsonText(text) as SessionMeta);
  },
  delete: (id) => wire.deleteSession(id),
  exists: (id) => wire.sessionExists(id),
});

const received = <T>(parse: (text: string) => T, text: string | null): T | undefined =>
  text === null ? undefined : parse(text);
