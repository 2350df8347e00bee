import { awaitedLater } from "../core/awaited-later.ts";
import { RuntimeStoreError } from "../core/errors.ts";
import { type Key, type Row, type TableName, TABLES, type Tally } from "../engine/index.ts";
import { isIntact } from "../store/rows.ts";
import { ownerOf } from "./tally-rows.ts";

/** How a transaction reads what is stored; each places its request before it returns. */
interface Reading {
  readonly get: (table: TableName, key: Key) => Promise<Row | undefined>;
  readonly hasRows: (table: TableName) => Promise<boolean>;
  readonly tally: (owner: string) => Promise<Tally | "damaged" | undefined>;
}

/** What one transaction changes of a tally: which rows go, and which come. */
interface Changes {
  readonly gone: Promise<Row | undefined>[];
  readonly added: Row[];
}

const NOTHING: Tally = { rows: 0, sum: 0 };
const CATALOG = ownerOf(undefined);

/**
 * Counts the rows that a transaction writes and removes, so that a row which the browser loses, or returns as it was at an
 * earlier time, is missed. A runtime that nobody has counted from its beginning is not counted.
 *
 * What a write replaces is taken off as it was read. If it was lost, or was of an earlier time, be it in that reading alone, the
 * tally stays wrong though the row is sound again: nothing tells what had been added for it. That a loss once was stays told.
 */
export class RowTallies {
  readonly #reading: Reading;
  readonly #seen = new Map<string, Row | undefined>();
  /** What transactions before this one have counted. */
  readonly #counted = new Map<string, Promise<Tally | "damaged" | undefined>>();
  readonly #changes = new Map<string, Changes>();
  /** Whose earlier rows all are removed, and who had none. */
  readonly #cleared = new Set<string>();
  readonly #begun = new Set<string>();
  #hasRemovedSession = false;

  constructor(reading: Reading) {
    this.#reading = reading;
  }

  /** Asks for the tally that a row belongs to: what is read is likely to be written, and then nothing has to be waited for. */
  expect(table: TableName, key: Key): void {
    const owner = ownerIn(table, key);
    if (!this.#counted.has(owner)) this.#counted.set(owner, awaitedLater(this.#reading.tally(owner)));
  }

  /** Takes note of what stands under a key, which is then not read again. */
  see(table: TableName, key: Key, row: Row | undefined): void {
    this.#seen.set(nameOf(table, key), row);
  }

  insert(table: TableName, key: Key, row: Row): void {
    this.#of(table, key).added.push(row);
    this.see(table, key, row);
  }

  put(table: TableName, key: Key, row: Row): void {
    const name = nameOf(table, key);
    const isFirst = table === "runtime_heads" && this.#seen.has(name) && this.#seen.get(name) === undefined;
    if (isFirst) this.#begun.add(ownerIn(table, key));
    this.#remove(table, key);
    this.insert(table, key, row);
  }

  /**
   * Of one row; or of all of a runtime, table by table: its head comes first.
   * @throws {RuntimeStoreError} `unsupported` for several rows of one whose head was not removed before.
   */
  delete(table: TableName, prefix: Key): void {
    const owner = ownerIn(table, prefix);
    if (table === "runtime_heads") {
      this.#cleared.add(owner);
      this.#changes.set(owner, { gone: [], added: [] });
    } else if (prefix.length === TABLES[table].length) {
      if (owner === CATALOG) this.#hasRemovedSession = true;
      this.#remove(table, prefix);
    } else if (!this.#cleared.has(owner)) {
      throw new RuntimeStoreError("unsupported", `a part of the rows of ${owner} cannot be removed at once`);
    }
  }

  /** The tallies that change, as they will be; to be called once all is written. */
  async settled(): Promise<[owner: string, tally: Tally][]> {
    await Promise.all(this.#counted.values()); // what was asked for in vain must not have failed either
    const settling = Array.from(this.#changes, async ([owner, changes]) => {
      return [owner, await this.#settle(owner, changes)] as const;
    });
    return (await Promise.all(settling)).flatMap(([owner, tally]) => (tally ? [[owner, tally]] : []));
  }

  /** `undefined` where nothing is counted: a damaged tally is left as it is. A catalog that is found empty begins anew. */
  async #settle(owner: string, { gone, added }: Changes): Promise<Tally | undefined> {
    if (owner === CATALOG && this.#hasRemovedSession && !(await this.#reading.hasRows("sessions"))) return NOTHING;
    const counted = this.#cleared.has(owner) ? NOTHING : this.#counted.get(owner);
    const [stored, ...rows] = await Promise.all([counted, ...gone]);
    if (stored === "damaged") return undefined;
    const begin = stored ?? (this.#begun.has(owner) ? NOTHING : undefined);
    const less = begin && rows.reduce((tally, row) => (row == null ? tally : changed(tally, row, -1)), begin);
    return less && added.reduce((tally, row) => changed(tally, row, 1), less);
  }

  #remove(table: TableName, key: Key): void {
    const owner = ownerIn(table, key);
    if (this.#cleared.has(owner)) return;
    const name = nameOf(table, key);
    const row = this.#seen.has(name) ? Promise.resolve(this.#seen.get(name)) : this.#reading.get(table, key);
    this.#of(table, key).gone.push(awaitedLater(row));
    this.#seen.set(name, undefined);
  }

  #of(table: TableName, key: Key): Changes {
    this.expect(table, key);
    const owner = ownerIn(table, key);
    const changes = this.#changes.get(owner) ?? { gone: [], added: [] };
    this.#changes.set(owner, changes);
    return changes;
  }
}

const ownerIn = (table: TableName, [first]: Key): string =>
  ownerOf(TABLES[table][0] === "runtime_id" ? String(first) : undefined);

/** A tally with one row more, or less. A damaged row does not tell the checksum that it was written with. */
function changed({ rows, sum }: Tally, row: Row, change: 1 | -1): Tally {
  const isKnown = sum !== undefined && isIntact(row);
  return { rows: rows + change, sum: isKnown ? (sum + change * Number(row.checksum)) >>> 0 : undefined };
}

const nameOf = (table: string, key: Key): string => JSON.stringify([table, key]);
