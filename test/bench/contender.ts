import type { InputState, RunBoundaryReceipt } from "../../src/index.ts";

/** What is measured. */
export const CONTENDERS = [
  "burrow-store",
  "burrow-store, relaxed",
  "burrow-store, no defence",
  "burrow-store, in memory",
  "bare IndexedDB",
  "60 KiB",
  "256 KiB",
  "1 MiB",
  "256 KiB, then 60 KiB",
  "1 MiB, then 256 and 60 KiB",
  "dexie",
  "localforage",
  "@sqlite.org/sqlite-wasm",
] as const;
export type Contender = (typeof CONTENDERS)[number];

export const OURS = "burrow-store" satisfies Contender;
/** What every ratio is of: nothing of the kind can be had from IndexedDB for less. */
export const YARDSTICK = "bare IndexedDB" satisfies Contender;

/** Bare IndexedDB that keeps the snapshot in blocks of these lengths, the first as often as it fits. */
export const LAYOUTS = {
  "60 KiB": [60 * 1024],
  "256 KiB": [256 * 1024],
  "1 MiB": [1024 * 1024],
  "256 KiB, then 60 KiB": [256 * 1024, 60 * 1024],
  "1 MiB, then 256 and 60 KiB": [1024 * 1024, 256 * 1024, 60 * 1024],
} as const satisfies Partial<Record<Contender, readonly number[]>>;

/** How each of them makes a commit durable: what it was told, or its own default where it cannot be told. */
export const DURABILITY: Readonly<Record<Exclude<Contender, keyof typeof LAYOUTS>, string>> = {
  "burrow-store": "strict",
  "burrow-store, relaxed": "relaxed",
  "burrow-store, no defence": "strict",
  "burrow-store, in memory": "none",
  "bare IndexedDB": "strict",
  dexie: "strict",
  localforage: "relaxed without a choice, six transactions",
  "@sqlite.org/sqlite-wasm": "OPFS, WAL, synchronous=FULL",
};

/** What one run boundary stores: a conversation, the receipt that proves it, and four inputs that took part. */
export interface Turn {
  readonly snapshot: Uint8Array<ArrayBuffer>;
  /** burrow-store makes its own, with the digest of the conversation; the others are given this one. */
  readonly receipt: RunBoundaryReceipt;
  readonly inputs: readonly InputState[];
}

/** A store over one database, used as its documentation says. */
export interface OpenContender {
  /** Stores a turn; resolves when the store says that it is stored. */
  commit(turn: Turn): Promise<unknown>;
  /** The snapshot of the last turn. */
  load(): Promise<Uint8Array | undefined>;
  close(): Promise<void>;
}

export type OpenStore = (database: string) => Promise<OpenContender>;
