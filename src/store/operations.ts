import type {
  AtomicApply,
  BurrowStore,
  CommittedReceipt,
  DeleteRuntimeOptions,
  LifecycleCommit,
  Listed,
  ListOptions,
  LoadedRuntime,
  OnCorrupt,
  PruneInputsOptions,
  ReceiptFilter,
  RestoredRuntime,
  RestoreOptions,
  RuntimeChangeKind,
  RuntimeChangeListener,
  RuntimeDump,
  RuntimeHead,
  RuntimeSize,
  SessionBoundary,
  SessionStore,
  VerifyFinding,
  VerifyOptions,
  VerifyProgress,
} from "../contract/index.ts";
import { awaitedLater } from "../core/awaited-later.ts";
import { RuntimeStoreError } from "../core/errors.ts";
import { asInputId, asRunId } from "../core/ids.ts";
import { within } from "../core/within.ts";
import { BODIES, type Scope, type Transaction, type Transactions } from "../engine/index.ts";
import type { InputState, PersistedOpsSnapshot, RunBoundaryReceipt, RuntimeState } from "../records/index.ts";
import { parseInputState, parseOpsSnapshot, parseRuntimeState } from "../records/index.ts";
import { applyBoundary, asBoundaryFailure, boundaryScope, commitBoundary } from "./boundaries.ts";
import { appliedBoundary, type Boundary, mintedBoundary } from "./boundary-arguments.ts";
import type { CallOrder } from "./call-order.ts";
import * as catalog from "./catalog.ts";
import type { Changes } from "./changes.ts";
import {
  checkedChoice,
  checkedCount,
  checkedFollowing,
  checkedId,
  checkedMembers,
  checkedOnCorrupt,
  checkedRestoreMode,
  checkedText,
  checkedTime,
  optional,
} from "../arguments/checked-arguments.ts";
import { checkedDump } from "../arguments/runtime-dump.ts";
import { ensureHead, HEAD_SCOPE, loadHeadRow, visibleHead } from "./heads.ts";
import type { Hold } from "./hold.ts";
import * as inputs from "./input-states.ts";
import type { IssuedSnapshots } from "./issued-snapshots.ts";
import { findReceipts, loadOperation, loadReceipt, receiptOfOperation } from "./receipts.ts";
import { listed, putRow, recordMembers } from "./rows.ts";
import { EVERYTHING, readRuntimeRows, RUNTIME_TABLES, VERIFIED } from "./runtime-rows.ts";
import { restoreRuntime } from "./restore.ts";
import { EngineSessionStore } from "./sessions.ts";
import { measureRuntimes } from "./sizes.ts";
import { verifyRuntime } from "./verify.ts";

type Work<T> = (transaction: Transaction) => Promise<T>;

/** What a write leaves: the runtime's revision, or none when it wrote nothing. */
interface Written {
  readonly revision: number | undefined;
}

/** What a store and its leases share. */
export interface StoreParts {
  readonly engine: Transactions;
  readonly calls: CallOrder;
  readonly issued: IssuedSnapshots;
  readonly changes: Changes;
  /** Aborted when the store begins to close. */
  readonly closing: AbortSignal;
}

/**
 * The one implementation of the contract, for a store and for the holder of a lease. Each method captures and checks what it
 * was given at the call, before anything is awaited, then takes its turn and runs one transaction.
 */
export abstract class Operations implements Omit<BurrowStore, "acquireRuntime"> {
  readonly sessions: SessionStore;
  protected readonly parts: StoreParts;
  readonly #hold: Hold | undefined;
  /** Boundaries alone are judged before the hold is: a repeated operation needs none. */
  readonly #engine: Transactions;

  constructor(parts: StoreParts, hold?: Hold) {
    this.parts = parts;
    this.#hold = hold;
    this.#engine = hold?.guard(parts.engine) ?? parts.engine;
    this.sessions = new EngineSessionStore(this.#engine, parts.calls, parts.issued);
  }

  abstract close(): Promise<void>;

  async commitSessionBoundary(runtimeId: string, boundary: SessionBoundary): Promise<RunBoundaryReceipt> {
    this.#assertOurs(runtimeId);
    const capturing = mintedBoundary(runtimeId, boundary, this.parts.issued);
    const { receipt } = await this.#commit(runtimeId, capturing, commitBoundary);
    return receipt;
  }

  async atomicApply(runtimeId: string, apply: AtomicApply): Promise<void> {
    this.#assertOurs(runtimeId);
    await this.#commit(runtimeId, appliedBoundary(runtimeId, apply, this.parts.issued), applyBoundary);
  }

  async loadInputStates(runtimeId: string): Promise<InputState[]> {
    return this.listInputStates(runtimeId);
  }

  async loadBoundaryReceipt(
    runtimeId: string,
    runId: string,
    sequence: number | bigint,
  ): Promise<RunBoundaryReceipt | undefined> {
    const key = { run_id: checkedId(runId, "runId", asRunId), sequence: checkedCount(sequence, "sequence") };
    return this.#read(runtimeId, ["runtime_boundary_receipts"], async (transaction) => {
      return (await loadReceipt(transaction, runtimeId, key))?.receipt;
    });
  }

  async loadSessionSnapshot(runtimeId: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    return this.#load(runtimeId, [...HEAD_SCOPE, BODIES], catalog.loadSessionSnapshot);
  }

  async persistInputState(runtimeId: string, state: InputState): Promise<void> {
    const parsed = within("state", () => parseInputState(state));
    await this.#persist(runtimeId, "inputs", ["runtime_input_states"], (transaction) => {
      inputs.putInputStates(transaction, runtimeId, [parsed]);
    });
  }

  async loadInputState(runtimeId: string, inputId: string): Promise<InputState | undefined> {
    const id = checkedId(inputId, "inputId", asInputId);
    return this.#read(runtimeId, ["runtime_input_states"], (transaction) =>
      inputs.loadInputState(transaction, runtimeId, id),
    );
  }

  async persistRuntimeState(runtimeId: string, state: RuntimeState): Promise<void> {
    const parsed = within("state", () => parseRuntimeState(state));
    await this.#persist(runtimeId, "lifecycle", ["runtime_states"], (transaction) => {
      putRow(transaction, "runtime_states", { runtime_id: runtimeId, state: parsed });
    });
  }

  async loadRuntimeState(runtimeId: string): Promise<RuntimeState | undefined> {
    return this.#read(runtimeId, ["runtime_states"], (transaction) => catalog.loadRuntimeState(transaction, runtimeId));
  }

  async atomicLifecycleCommit(runtimeId: string, commit: LifecycleCommit): Promise<void> {
    const given = checkedMembers(commit, "commit", ["runtimeState", "inputStates"]);
    const state = within("runtimeState", () => parseRuntimeState(given.runtimeState));
    const states = inputs.checkedInputStates(given.inputStates, "inputStates");
    await this.#persist(runtimeId, "lifecycle", ["runtime_states", "runtime_input_states"], (transaction) => {
      putRow(transaction, "runtime_states", { runtime_id: runtimeId, state });
      inputs.putInputStates(transaction, runtimeId, states);
    });
  }

  async persistOpsLifecycle(runtimeId: string, snapshot: PersistedOpsSnapshot): Promise<void> {
    const record = recordMembers(within("snapshot", () => parseOpsSnapshot(snapshot)));
    await this.#persist(runtimeId, "lifecycle", ["runtime_ops_lifecycle"], (transaction) => {
      putRow(transaction, "runtime_ops_lifecycle", { runtime_id: runtimeId, ...record });
    });
  }

  async loadOpsLifecycle(runtimeId: string): Promise<PersistedOpsSnapshot | undefined> {
    return this.#read(runtimeId, ["runtime_ops_lifecycle"], (transaction) =>
      catalog.loadOpsLifecycle(transaction, runtimeId),
    );
  }

  async loadRuntime(runtimeId: string): Promise<LoadedRuntime> {
    return this.#load(runtimeId, catalog.RUNTIME_SCOPE, catalog.loadRuntime);
  }

  async loadRuntimeHead(runtimeId: string): Promise<RuntimeHead | undefined> {
    return this.#read(runtimeId, HEAD_SCOPE, async (transaction) =>
      visibleHead(await loadHeadRow(transaction, runtimeId)),
    );
  }

  async listRuntimes<C extends OnCorrupt | undefined = "throw">(
    options: ListOptions<C> = {},
  ): Promise<Listed<RuntimeHead, C>[]> {
    const onCorrupt = checkedOnCorrupt<C>(checkedMembers(options, "options", ["onCorrupt"]).onCorrupt);
    return listed(await this.#readAll(["runtime_heads"], catalog.findRuntimes), onCorrupt);
  }

  async measureRuntimes(): Promise<RuntimeSize[]> {
    return this.#readAll(RUNTIME_TABLES, measureRuntimes);
  }

  async listBoundaryReceipts<C extends OnCorrupt | undefined = "throw">(
    runtimeId: string,
    filter: ReceiptFilter<C> = {},
  ): Promise<Listed<CommittedReceipt, C>[]> {
    const given = checkedMembers(filter, "filter", ["runId", "afterRevision", "limit", "onCorrupt"]);
    const checked = {
      runId: optional(given.runId, "runId", (id, path) => checkedId(id, path, asRunId)),
      afterRevision: optional(given.afterRevision, "afterRevision", checkedCount),
      limit: optional(given.limit, "limit", checkedCount),
    };
    const onCorrupt = checkedOnCorrupt<C>(given.onCorrupt);
    const found = await this.#read(runtimeId, ["runtime_boundary_receipts", "runtime_revisions"], (transaction) =>
      findReceipts(transaction, runtimeId, checked),
    );
    return listed(found, onCorrupt);
  }

  async listInputStates<C extends OnCorrupt | undefined = "throw">(
    runtimeId: string,
    options: ListOptions<C> = {},
  ): Promise<Listed<InputState, C>[]> {
    const onCorrupt = checkedOnCorrupt<C>(checkedMembers(options, "options", ["onCorrupt"]).onCorrupt);
    const found = await this.#read(runtimeId, ["runtime_input_states"], (transaction) =>
      inputs.findInputStates(transaction, runtimeId),
    );
    return listed(found, onCorrupt);
  }

  async findBoundaryReceipt(runtimeId: string, operationId: string): Promise<CommittedReceipt | undefined> {
    checkedText(operationId, "operationId");
    return this.#read(runtimeId, ["runtime_operations", "runtime_boundary_receipts"], async (transaction) => {
      const operation = await loadOperation(transaction, runtimeId, operationId);
      return operation && receiptOfOperation(transaction, operation);
    });
  }

  async deleteRuntime(runtimeId: string, options: DeleteRuntimeOptions = {}): Promise<void> {
    const withSessions = optional(
      checkedMembers(options, "options", ["withSessions"]).withSessions,
      "withSessions",
      (value, path) => checkedChoice(value, path, [true, false]),
    );
    await this.#write(runtimeId, "deleted", EVERYTHING, async (transaction) => ({
      revision: await catalog.deleteRuntime(transaction, runtimeId, withSessions ?? false),
    }));
    this.parts.issued.forget(runtimeId);
  }

  async pruneInputs(runtimeId: string, options: PruneInputsOptions): Promise<number> {
    const before = checkedTime(checkedMembers(options, "options", ["before"]).before, "before");
    const { pruned } = await this.#write(
      runtimeId,
      "inputs",
      ["runtime_heads", "runtime_input_states"],
      (transaction) => catalog.pruneInputs(transaction, runtimeId, before),
    );
    return pruned;
  }

  async dumpRuntime(runtimeId: string): Promise<RuntimeDump | undefined> {
    return this.#read(runtimeId, EVERYTHING, (transaction) => catalog.dumpRuntime(transaction, runtimeId));
  }

  async restoreRuntime(dump: RuntimeDump, options: RestoreOptions = {}): Promise<RestoredRuntime> {
    const checked = checkedDump(dump);
    const mode = checkedRestoreMode(options);
    const { issued } = this.parts;
    const how = { ...mode, cut: (bytes: Uint8Array<ArrayBuffer>) => issued.cut(bytes) };
    const restore: Work<RestoredRuntime> = (transaction) => restoreRuntime(transaction, checked, how);
    if (mode.dryRun) return this.#read(checked.runtime_id, EVERYTHING, restore);
    const { restored } = await this.#write(checked.runtime_id, "imported", EVERYTHING, async (transaction) => {
      const restored = await restore(transaction);
      const isWritten = restored.outcome === "restored" || restored.outcome === "replaced";
      return { restored, revision: isWritten ? restored.revision : undefined };
    });
    return restored;
  }

  async verifyRuntime(runtimeId: string, options: VerifyOptions = {}): Promise<VerifyFinding[]> {
    const checked = checkedFollowing<VerifyProgress>(options);
    checked.signal?.throwIfAborted();
    const rows = this.#read(runtimeId, VERIFIED, (transaction) => readRuntimeRows(transaction, runtimeId));
    return this.parts.calls.beside(verifyRuntime(this.#engine, rows, checked));
  }

  subscribe(listener: RuntimeChangeListener): () => void {
    return this.parts.changes.subscribe(listener, this.#hold?.signal ?? this.parts.closing);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #read<T>(runtimeId: string, scope: Scope, work: Work<T>): Promise<T> {
    this.#assertOurs(runtimeId);
    return this.parts.calls.inRuntime(runtimeId, () => this.#engine.transact("readonly", scope, work));
  }

  #readAll<T>(scope: Scope, work: Work<T>): Promise<T> {
    return this.parts.calls.readingAll(() => this.#engine.transact("readonly", scope, work));
  }

  /** Reads the body of a runtime, which is held from then on. */
  #load<T>(
    runtimeId: string,
    scope: Scope,
    work: (transaction: Transaction, runtimeId: string, hold: catalog.HoldBody) => Promise<T>,
  ): Promise<T> {
    const hold = this.parts.issued.priming(runtimeId);
    return this.#read(runtimeId, scope, (transaction) => work(transaction, runtimeId, hold));
  }

  /** Writes, and tells of it once it is stored. */
  #write<T extends Written>(runtimeId: string, kind: RuntimeChangeKind, scope: Scope, work: Work<T>): Promise<T> {
    this.#assertOurs(runtimeId);
    return this.parts.calls.inRuntime(runtimeId, async () =>
      this.#told(runtimeId, kind, await this.#engine.transact("readwrite", scope, work)),
    );
  }

  /** Writes a boundary in its turn, once its snapshot is read, and tells of it. */
  #commit<B extends Boundary, T extends Written>(
    runtimeId: string,
    capturing: Promise<B>,
    work: (transaction: Transaction, boundary: B, hold?: Hold) => Promise<T>,
  ): Promise<T> {
    const captured = awaitedLater(capturing);
    const { calls, engine, issued } = this.parts;
    return calls.inRuntime(runtimeId, async () => {
      const boundary = await captured;
      const scope = boundaryScope(boundary);
      const version = boundary.snapshot?.version ?? "";
      try {
        const written = await engine.transact("readwrite", scope, (transaction) =>
          work(transaction, boundary, this.#hold),
        );
        if (written.revision === undefined) issued.withdraw(runtimeId, version);
        else issued.settle(runtimeId, version);
        return this.#told(runtimeId, "boundary", written);
      } catch (error) {
        issued.withdraw(runtimeId, version);
        throw asBoundaryFailure(error, runtimeId);
      }
    });
  }

  #told<T extends Written>(runtimeId: string, kind: RuntimeChangeKind, written: T): T {
    const { revision } = written;
    if (revision !== undefined) this.parts.changes.publish({ runtimeId, kind, revision });
    return written;
  }

  /** Writes rows of a runtime, and its head where it has none. */
  async #persist(
    runtimeId: string,
    kind: RuntimeChangeKind,
    scope: Scope,
    write: (transaction: Transaction) => void,
  ): Promise<void> {
    await this.#write(runtimeId, kind, [...HEAD_SCOPE, ...scope], async (transaction) => {
      write(transaction);
      return { revision: await ensureHead(transaction, runtimeId) };
    });
  }

  #assertOurs(runtimeId: string): void {
    checkedText(runtimeId, "runtimeId");
    if (this.#hold === undefined || this.#hold.runtimeId === runtimeId) return;
    const held = JSON.stringify(this.#hold.runtimeId);
    throw new RuntimeStoreError("invalid_input", `this lease is of runtime ${held}`, { path: "runtimeId" });
  }
}
