import { type Key, type Row, type TableName, TABLES, type Tally } from "../engine/index.ts";
import { isIntact } from "../store/rows.ts";

/** How a transaction reads what is stored; each places its request before it returns. */
interface Reading {
  readonly get: (table: TableName, key: Key) => Promise<Row | undefined>;
  readonly list: (table: TableName, prefix: Key) => Promise<readonly Row[]>;
  readonly tally: (owner: string) => Promise<Tally | undefined>;
}

/** What one transaction changes of a tally: what it begins with, which rows go, and which come. */
interface Changes {
  readonly from: Promise<Tally | undefined>;
  readonly gone: Promise<readonly (Row | undefined)[]>[];
  readonly added: Row[];
}

const NOTHING: Tally = { rows: 0, sum: 0 };

/** Whose rows a tally counts: those of a runtime, or of no runtime, which is the catalog of sessions. */
export const ownerOf = (runtimeId: string | undefined): string =>
  runtimeId === undefined ? "sessions" : `runtime ${runtimeId}`;

/**
 * Counts the rows that a transaction writes and removes, so that a row which the browser loses, or returns as it was at an
 * earlier time, is missed. A runtime that nobody has counted from its beginning is not counted.
 */
export class RowTallies {
  readonly #reading: Reading;
  readonly #seen = new Map<string, Row | undefined>();
  readonly #changes = new Map<string, Changes>();
  /** Whose earlier rows all are removed, and who had none. */
  readonly #cleared = new Set<string>();
  readonly #begun = new Set<string>();

  constructor(reading: Reading) {
    this.#reading = reading;
  }

  /** Takes note of what stands under a key, which is then not read again. */
  see(table: TableName, key: Key, row: Row | undefined): void {
    this.#seen.set(nameOf(table, key), row);
  }

  insert(table: TableName, key: Key, row: Row): void {
    this.#of(ownerIn(table, key)).added.push(row);
    this.see(table, key, row);
  }

  put(table: TableName, key: Key, row: Row): void {
    const name = nameOf(table, key);
    const isFirst = table === "runtime_heads" && this.#seen.has(name) && this.#seen.get(name) === undefined;
    if (isFirst) this.#begun.add(ownerIn(table, key));
    this.#remove(table, key);
    this.insert(table, key, row);
  }

  /** Of all rows whose keys begin with a prefix. All of a runtime goes with its head. */
  delete(table: TableName, prefix: Key): void {
    if (table === "runtime_heads") {
      const owner = ownerIn(table, prefix);
      this.#cleared.add(owner);
      this.#changes.set(owner, { from: Promise.resolve(NOTHING), gone: [], added: [] });
    } else {
      this.#remove(table, prefix);
    }
  }

  /** The tallies that change, as they will be. */
  async settled(): Promise<[owner: string, tally: Tally][]> {
    const settling = Array.from(this.#changes, async ([owner, changes]) => {
      const [stored, ...gone] = await Promise.all([changes.from, ...changes.gone]);
      const from = stored ?? (this.#begun.has(owner) ? NOTHING : undefined);
      const rows = gone.flat().filter((row) => row != null);
      const less = from && rows.reduce((tally, row) => counted(tally, row, -1), from);
      return [owner, less && changes.added.reduce((tally, row) => counted(tally, row, 1), less)] as const;
    });
    return (await Promise.all(settling)).flatMap(([owner, tally]) => (tally ? [[owner, tally]] : []));
  }

  #remove(table: TableName, prefix: Key): void {
    const owner = ownerIn(table, prefix);
    if (this.#cleared.has(owner)) return;
    const { gone } = this.#of(owner);
    if (prefix.length < TABLES[table].length) {
      gone.push(awaitedLater(this.#reading.list(table, prefix)));
      return;
    }
    const name = nameOf(table, prefix);
    const row = this.#seen.has(name) ? Promise.resolve(this.#seen.get(name)) : this.#reading.get(table, prefix);
    gone.push(awaitedLater(row.then((row) => [row])));
    this.#seen.set(name, undefined);
  }

  #of(owner: string): Changes {
    const changes = this.#changes.get(owner) ?? {
      from: awaitedLater(this.#reading.tally(owner)),
      gone: [],
      added: [],
    };
    this.#changes.set(owner, changes);
    return changes;
  }
}

const ownerIn = (table: TableName, [first]: Key): string =>
  ownerOf(TABLES[table][0] === "runtime_id" ? String(first) : undefined);

/** A tally with one row more, or less. A damaged row does not tell the checksum that it was written with. */
function counted({ rows, sum }: Tally, row: Row, change: 1 | -1): Tally {
  const isKnown = sum !== undefined && isIntact(row);
  return { rows: rows + change, sum: isKnown ? (sum + change * Number(row.checksum)) >>> 0 : undefined };
}

/** A promise that may be rejected before anybody awaits it, when its transaction fails. */
export function awaitedLater<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}

const nameOf = (table: string, key: Key): string => JSON.stringify([table, key]);
