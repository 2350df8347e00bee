import { compareKeys, type Key, type Row, type Transaction } from "../engine/index.ts";

interface Entry {
  readonly key: Key;
  readonly row: Row;
}

/** The rows of one table by ascending key. */
export class SortedRows {
  #entries: Entry[] = [];

  copy(): SortedRows {
    const copy = new SortedRows();
    copy.#entries = [...this.#entries];
    return copy;
  }

  get(key: Key): Row | undefined {
    const entry = this.#entries[this.#firstFrom(key)];
    return entry && compareKeys(entry.key, key) === 0 ? entry.row : undefined;
  }

  list({ prefix, after, limit }: Parameters<Transaction["list"]>[1]): Row[] {
    let start = this.#firstFrom(after ?? prefix);
    const first = this.#entries[start];
    if (after && first && compareKeys(first.key, after) === 0) start++;
    const end = this.#endOf(prefix);
    return this.#entries.slice(start, limit === undefined ? end : Math.min(end, start + limit)).map(({ row }) => row);
  }

  lastKey(prefix: Key): Key | undefined {
    const entry = this.#entries[this.#endOf(prefix) - 1];
    return entry && startsWith(entry.key, prefix) ? entry.key : undefined;
  }

  put(key: Key, row: Row): void {
    const at = this.#firstFrom(key);
    const there = this.#entries[at];
    this.#entries.splice(at, there && compareKeys(there.key, key) === 0 ? 1 : 0, {
      key,
      row: Object.freeze({ ...row }),
    });
  }

  delete(prefix: Key): void {
    const start = this.#firstFrom(prefix);
    this.#entries.splice(start, this.#endOf(prefix) - start);
  }

  /** Index of the first entry whose key is not below `key`. */
  #firstFrom(key: Key): number {
    return this.#search((entry) => compareKeys(entry.key, key) < 0);
  }

  /** Index after the last entry whose key begins with `prefix`. */
  #endOf(prefix: Key): number {
    return this.#search((entry) => compareKeys(entry.key, prefix) < 0 || startsWith(entry.key, prefix));
  }

  #search(isBefore: (entry: Entry) => boolean): number {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isBefore(this.#entries[middle] as Entry)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

const startsWith = (key: Key, prefix: Key): boolean => prefix.every((member, index) => key[index] === member);
