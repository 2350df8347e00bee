import type { Listed, OnCorrupt, SessionFilter, SessionMeta, SessionStore } from "../contract/index.ts";
import { awaitedLater } from "../core/awaited-later.ts";
import { asSessionId } from "../core/ids.ts";
import { canonicalSession } from "../digest/index.ts";
import { BODIES, type Scope, type Transaction, type Transactions } from "../engine/index.ts";
import { loadBody, loadSessionRow, placeBody, placeSession, removeSession, type SessionRow } from "./bodies.ts";
import type { CallOrder } from "./call-order.ts";
import {
  checkedCount,
  checkedId,
  checkedMembers,
  checkedOnCorrupt,
  checkedTime,
  optional,
} from "../arguments/checked-arguments.ts";
import type { IssuedSnapshots } from "./issued-snapshots.ts";
import { intact, listed, readRows, recordOf, separate } from "./rows.ts";

/** The catalog row, its body, and the head of the runtime that may share the body. */
const SCOPE: Scope = ["sessions", BODIES, "runtime_heads"];

/** The session catalog over an engine. */
export class EngineSessionStore implements SessionStore {
  readonly #engine: Transactions;
  readonly #calls: CallOrder;
  readonly #issued: IssuedSnapshots;

  constructor(engine: Transactions, calls: CallOrder, issued: IssuedSnapshots) {
    this.#engine = engine;
    this.#calls = calls;
    this.#issued = issued;
  }

  async save(snapshot: Uint8Array): Promise<void> {
    const capturing = awaitedLater(this.#issued.capture(snapshot, "snapshot"));
    await this.#calls.writingAll(async () => {
      const captured = await capturing;
      await this.#engine.transact("readwrite", SCOPE, async (transaction) =>
        placeSession(transaction, captured, await placeBody(transaction, captured.body)),
      );
    });
  }

  async load(id: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const sessionId = checkedId(id, "id", asSessionId);
    const body = await this.#read(["sessions", BODIES], async (transaction) => {
      const row = await loadSessionRow(transaction, sessionId);
      return row && loadBody(transaction, row);
    });
    return body && canonicalSession(body.bytes());
  }

  async list<C extends OnCorrupt | undefined = "throw">(
    filter: SessionFilter<C> = {},
  ): Promise<Listed<SessionMeta, C>[]> {
    const given = checkedMembers(filter, "filter", ["createdAfter", "updatedAfter", "limit", "offset", "onCorrupt"]);
    const createdAfter = optional(given.createdAfter, "createdAfter", checkedTime) ?? -Infinity;
    const updatedAfter = optional(given.updatedAfter, "updatedAfter", checkedTime) ?? -Infinity;
    const offset = optional(given.offset, "offset", checkedCount) ?? 0;
    const limit = optional(given.limit, "limit", checkedCount) ?? Infinity;
    const onCorrupt = checkedOnCorrupt<C>(given.onCorrupt);
    const rows = await this.#read(["sessions"], (transaction) => readRows(transaction, "sessions"));
    const { sound, damaged } = separate(rows, (stored) => {
      const row = intact<SessionRow>("sessions", stored);
      return { row, meta: metaOf(row) };
    });
    const chosen = sound
      .filter(({ row }) => row.created_at_ms >= createdAfter && row.updated_at_ms >= updatedAfter)
      .sort(({ row: a }, { row: b }) => b.updated_at_ms - a.updated_at_ms || (a.session_id < b.session_id ? -1 : 1))
      .slice(offset, offset + limit);
    return listed({ sound: chosen.map(({ meta }) => meta), damaged }, onCorrupt);
  }

  async delete(id: string): Promise<void> {
    const sessionId = checkedId(id, "id", asSessionId);
    await this.#calls.writingAll(() =>
      this.#engine.transact("readwrite", SCOPE, (transaction) => removeSession(transaction, sessionId)),
    );
  }

  async exists(id: string): Promise<boolean> {
    const sessionId = checkedId(id, "id", asSessionId);
    return this.#read(
      ["sessions"],
      async (transaction) => (await loadSessionRow(transaction, sessionId)) !== undefined,
    );
  }

  #read<T>(scope: Scope, work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.#calls.readingAll(() => this.#engine.transact("readonly", scope, work));
  }
}

function metaOf(row: SessionRow): SessionMeta {
  return {
    id: row.session_id,
    created_at: systemTimeOf(row.created_at_ms),
    updated_at: systemTimeOf(row.updated_at_ms),
    message_count: row.message_count,
    total_tokens: row.total_tokens,
    metadata: recordOf("sessions", { ...row, format: "json", record: row.metadata_json }) as SessionMeta["metadata"],
  };
}

const systemTimeOf = (milliseconds: number): SessionMeta["created_at"] => ({
  secs_since_epoch: Math.floor(milliseconds / 1000),
  nanos_since_epoch: (milliseconds % 1000) * 1_000_000,
});
