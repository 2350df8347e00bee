import type { BurrowStore } from "../contract/index.ts";

/** What a law asks of a harness beyond opening a store. */
export type Capability =
  /** A store opened again under its name, after `close`, holds what was stored. */
  | "reopen"
  /** Two stores may be open under one name at a time, and see each other's writes. */
  | "open twice"
  /** The store is one object whose calls keep their order, not a row of several that take turns. */
  | "one connection"
  /** Runtimes can be acquired: a durable store needs the Web Locks API for it. */
  | "leases"
  /** Records may hold what JSON text cannot: Date, Map, Set, `undefined`, typed arrays, bigint beyond 64 bits. */
  | "rich values";

/** How a law gets at the stores that it is put to. */
export interface Harness {
  readonly capabilities: ReadonlySet<Capability>;
  /** Opens the store of that name, empty when the name is new. */
  open(name: string): Promise<BurrowStore>;
  /** Removes what is stored under that name, once every store under it is closed. */
  destroy(name: string): Promise<void>;
}

/** One rule that every store must keep: `name` is a sentence in the present tense, `run` rejects when it does not hold. */
export interface Law {
  readonly name: string;
  readonly needs?: readonly Capability[] | undefined;
  run(harness: Harness): Promise<void>;
}
