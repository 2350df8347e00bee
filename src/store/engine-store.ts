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
  RuntimeDump,
  RuntimeHead,
  RuntimeSize,
  SessionBoundary,
  SessionStore,
  VerifyFinding,
  VerifyOptions,
} from "../contract/index.ts";
import { awaitedLater } from "../core/awaited-later.ts";
import { asInputId, asRunId } from "../core/ids.ts";
import { within } from "../core/within.ts";
import { BODIES, type Engine, type Scope, type Transaction } from "../engine/index.ts";
import type { InputState, PersistedOpsSnapshot, RunBoundaryReceipt, RuntimeState } from "../records/index.ts";
import { parseInputState, parseOpsSnapshot, parseRuntimeState } from "../records/index.ts";
import { applyBoundary, asBoundaryFailure, boundaryScope, commitBoundary } from "./boundaries.ts";
import { appliedBoundary, type Boundary, mintedBoundary } from "./boundary-arguments.ts";
import { CallOrder } from "./call-order.ts";
import * as catalog from "./catalog.ts";
import {
  checkedChoice,
  checkedCount,
  checkedId,
  checkedMembers,
  checkedOnCorrupt,
  checkedText,
  checkedTime,
  checkedVerifyOptions,
  optional,
} from "./checked-arguments.ts";
import { ensureHead, HEAD_SCOPE, loadHeadRow, visibleHead } from "./heads.ts";
import * as inputs from "./input-states.ts";
import { IssuedSnapshots } from "./issued-snapshots.ts";
import { findReceipts, loadOperation, loadReceipt, receiptOfOperation } from "./receipts.ts";
import { isDamage, listed, putRow, recordMembers } from "./rows.ts";
import { EVERYTHING, readRuntimeRows, RUNTIME_TABLES, VERIFIED } from "./runtime-rows.ts";
import { EngineSessionStore } from "./sessions.ts";
import { measureRuntimes } from "./sizes.ts";
import { verifyRuntime } from "./verify.ts";

type Work<T> = (transaction: Transaction) => Promise<T>;

/**
 * The one implementation of the contract. Each method captures and checks what it was given at the call, before anything
 * is awaited, then takes its turn and runs one transaction.
 */
export class EngineStore implements BurrowStore {
  readonly sessions: SessionStore;
  readonly #engine: Engine;
  readonly #calls = new CallOrder();
  readonly #issued: IssuedSnapshots;

  constructor(engine: Engine) {
    this.#engine = engine;
    this.#issued = new IssuedSnapshots(engine.blockSizes);
    this.sessions = new EngineSessionStore(engine, this.#calls, this.#issued);
  }

  async commitSessionBoundary(runtimeId: string, boundary: SessionBoundary): Promise<RunBoundaryReceipt> {
    return this.#commit(runtimeId, mintedBoundary(runtimeId, boundary, this.#issued), commitBoundary);
  }

  async atomicApply(runtimeId: string, apply: AtomicApply): Promise<void> {
    await this.#commit(runtimeId, appliedBoundary(runtimeId, apply, this.#issued), applyBoundary);
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
    await this.#persist(runtimeId, ["runtime_input_states"], (transaction) => {
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
    await this.#persist(runtimeId, ["runtime_states"], (transaction) => {
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
    await this.#persist(runtimeId, ["runtime_states", "runtime_input_states"], (transaction) => {
      putRow(transaction, "runtime_states", { runtime_id: runtimeId, state });
      inputs.putInputStates(transaction, runtimeId, states);
    });
  }

  async persistOpsLifecycle(runtimeId: string, snapshot: PersistedOpsSnapshot): Promise<void> {
    const record = recordMembers(within("snapshot", () => parseOpsSnapshot(snapshot)));
    await this.#persist(runtimeId, ["runtime_ops_lifecycle"], (transaction) => {
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
    await this.#write(runtimeId, EVERYTHING, (transaction) =>
      catalog.deleteRuntime(transaction, runtimeId, withSessions ?? false),
    );
    this.#issued.forget(runtimeId);
  }

  async pruneInputs(runtimeId: string, options: PruneInputsOptions): Promise<number> {
    const before = checkedTime(checkedMembers(options, "options", ["before"]).before, "before");
    return this.#write(runtimeId, ["runtime_input_states"], (transaction) =>
      catalog.pruneInputs(transaction, runtimeId, before),
    );
  }

  async dumpRuntime(runtimeId: string): Promise<RuntimeDump | undefined> {
    return this.#read(runtimeId, EVERYTHING, (transaction) => catalog.dumpRuntime(transaction, runtimeId));
  }

  async verifyRuntime(runtimeId: string, options: VerifyOptions = {}): Promise<VerifyFinding[]> {
    const checked = checkedVerifyOptions(options);
    checked.signal?.throwIfAborted();
    this.#issued.forget(runtimeId); // so that the next boundary replaces whatever turns out to be damaged
    const rows = this.#read(runtimeId, VERIFIED, (transaction) => readRuntimeRows(transaction, runtimeId));
    return this.#calls.beside(verifyRuntime(this.#engine, rows, checked));
  }

  async close(): Promise<void> {
    this.#engine.stopAsking?.();
    await this.#calls.close(() => this.#engine.close());
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #read<T>(runtimeId: string, scope: Scope, work: Work<T>): Promise<T> {
    checkedText(runtimeId, "runtimeId");
    return this.#calls.inRuntime(runtimeId, () => this.#engine.transact("readonly", scope, work));
  }

  #readAll<T>(scope: Scope, work: Work<T>): Promise<T> {
    return this.#calls.readingAll(() => this.#engine.transact("readonly", scope, work));
  }

  #write<T>(runtimeId: string, scope: Scope, work: Work<T>): Promise<T> {
    checkedText(runtimeId, "runtimeId");
    return this.#calls.inRuntime(runtimeId, () => this.#engine.transact("readwrite", scope, work));
  }

  /** Reads the body of a runtime, which is held from then on; one that is damaged is written whole at the next boundary. */
  #load<T>(
    runtimeId: string,
    scope: Scope,
    work: (transaction: Transaction, runtimeId: string, hold: ReturnType<IssuedSnapshots["priming"]>) => Promise<T>,
  ): Promise<T> {
    const hold = this.#issued.priming(runtimeId);
    return this.#read(runtimeId, scope, (transaction) => work(transaction, runtimeId, hold)).catch((error: unknown) => {
      if (isDamage(error)) this.#issued.forget(runtimeId);
      throw error;
    });
  }

  /** Runs a boundary in its turn, once its snapshot is read. */
  #commit<B extends Boundary, T>(
    runtimeId: string,
    capturing: Promise<B>,
    work: (transaction: Transaction, boundary: B) => Promise<T>,
  ): Promise<T> {
    const captured = awaitedLater(capturing);
    checkedText(runtimeId, "runtimeId");
    return this.#calls.inRuntime(runtimeId, async () => {
      const boundary = await captured;
      const scope = boundaryScope(boundary);
      try {
        return await this.#engine.transact("readwrite", scope, (transaction) => work(transaction, boundary));
      } catch (error) {
        if (boundary.snapshot) this.#issued.forget(runtimeId, boundary.snapshot.version);
        throw asBoundaryFailure(error, runtimeId);
      }
    });
  }

  /** Writes rows of a runtime, and its head where it has none. */
  #persist(runtimeId: string, scope: Scope, write: (transaction: Transaction) => void): Promise<void> {
    return this.#write(runtimeId, [...HEAD_SCOPE, ...scope], async (transaction) => {
      write(transaction);
      await ensureHead(transaction, runtimeId);
    });
  }
}
