import { type BurrowStore, isRuntimeStoreError } from "../../src/index.ts";
import type { PlainError } from "./crash-events.ts";

/** What to read. It does not come from what is stored, so that what is gone is asked for all the same. */
export interface Wanted {
  readonly runtimes: readonly {
    readonly id: string;
    readonly inputs: readonly string[];
    readonly receipts: readonly { readonly run_id: string; readonly sequence: number }[];
    readonly operations: readonly string[];
  }[];
  /** Each with the living runtime that wrote it last, if one did. */
  readonly sessions: readonly { readonly id: string; readonly runtime?: string }[];
}

/** What one call gave: its value as JSON, bytes as their SHA-256; or the error that it rejected with. */
export interface Reading {
  /** The runtime that it is about, and whose verification is to tell of it; left out for what concerns the whole store. */
  readonly runtime?: string;
  readonly value?: unknown;
  readonly error?: PlainError;
}

/** What calls gave, by their names. */
export type Readings = Readonly<Record<string, Reading>>;

type Call = readonly [name: string, read: () => Promise<unknown>, runtime?: string | undefined];

/** Reads everything, by every way there is to read it, one call after the other. */
export function readAll(store: BurrowStore, { runtimes, sessions }: Wanted): Promise<Readings> {
  const ofRuntimes = runtimes.flatMap(({ id, inputs, receipts, operations }) => {
    const calls: Call[] = [
      ["loadRuntimeHead", () => store.loadRuntimeHead(id)],
      ["loadRuntime", () => store.loadRuntime(id)],
      ["loadRuntimeState", () => store.loadRuntimeState(id)],
      ["loadSessionSnapshot", () => store.loadSessionSnapshot(id)],
      ["loadOpsLifecycle", () => store.loadOpsLifecycle(id)],
      ["loadInputStates", () => store.loadInputStates(id)],
      ["listBoundaryReceipts", () => store.listBoundaryReceipts(id)],
      ["listBoundaryReceipts by revision", () => store.listBoundaryReceipts(id, { limit: 1000 })],
      ["dumpRuntime", () => store.dumpRuntime(id)],
      ...inputs.map((input): Call => [`loadInputState ${input}`, () => store.loadInputState(id, input)]),
      ...receipts.map(({ run_id, sequence }): Call => [
        `loadBoundaryReceipt ${run_id} ${sequence}`,
        () => store.loadBoundaryReceipt(id, run_id, sequence),
      ]),
      ...operations.map((operation): Call => [
        `findBoundaryReceipt ${operation}`,
        () => store.findBoundaryReceipt(id, operation),
      ]),
    ];
    return calls.map(([name, read]): Call => [`${id}: ${name}`, read, id]);
  });
  const ofSessions = sessions.flatMap(({ id, runtime }): Call[] => [
    [`sessions.load ${id}`, () => store.sessions.load(id), runtime],
    [`sessions.exists ${id}`, () => store.sessions.exists(id), runtime],
  ]);
  return make([
    ["listRuntimes", () => store.listRuntimes()],
    ["measureRuntimes", () => store.measureRuntimes()],
    ["sessions.list", () => store.sessions.list()],
    ...ofSessions,
    ...ofRuntimes,
  ]);
}

/** Verifies every runtime: the findings of each, or why there are none. */
export function verifyAll(store: BurrowStore, { runtimes }: Wanted): Promise<Readings> {
  return make(runtimes.map(({ id }): Call => [`${id}: verifyRuntime`, () => store.verifyRuntime(id), id]));
}

async function make(calls: readonly Call[]): Promise<Readings> {
  const readings: Record<string, Reading> = {};
  for (const [name, read, runtime] of calls) {
    const of = runtime === undefined ? {} : { runtime };
    try {
      readings[name] = { ...of, value: (await asPlain(await read())) ?? null };
    } catch (error) {
      readings[name] = { ...of, error: asPlainError(error) };
    }
  }
  return readings;
}

async function asPlain(value: unknown): Promise<unknown> {
  if (value instanceof Uint8Array) return `${value.length} bytes, SHA-256 ${await sha256(value as BufferSource)}`;
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const members = Object.entries(value).map(async ([name, member]) => [name, await asPlain(member)] as const);
  return Object.fromEntries(await Promise.all(members));
}

async function sha256(bytes: BufferSource): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** An error as it can be sent: all members of a store's error, name, message and stack of any other. */
export function asPlainError(error: unknown): PlainError {
  if (isRuntimeStoreError(error)) return error.toJSON();
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  return { name, message: `${message}\n${stack ?? ""}` };
}
