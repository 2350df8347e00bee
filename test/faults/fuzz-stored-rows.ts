import "fake-indexeddb/auto";
import { inspect } from "node:util";
import { type IDBPDatabase, openDB } from "idb";
import { conversation, delta, boundary, inputId, runId, sessionId } from "../../src/conformance/samples.ts";
import { FURNISHED, furnish } from "../../src/conformance/whole-store.ts";
import type { BurrowStore } from "../../src/contract/index.ts";
import { isRuntimeStoreError, type RowReference } from "../../src/core/errors.ts";
import { keyOfStored } from "../../src/indexeddb/stored-keys.ts";
import { BODIES, keyOf, type Row, type TableName, TABLES } from "../../src/engine/index.ts";
import { openIndexedDbRuntimeStore } from "../../src/indexeddb/index.ts";
import type { InputState } from "../../src/records/index.ts";
import type { Random } from "./fuzz-random.ts";
import { demand, demandEqual, type FuzzTarget } from "./fuzz-run.ts";

type RawRow = Record<string, unknown>;

/** A stored row or block, with the table and the key that it stands under. */
interface Stored {
  readonly table: string;
  readonly key: readonly IDBValidKey[];
  readonly row: RawRow;
}

type Read = (store: BurrowStore) => Promise<unknown>;

const KEY_MEMBERS: Readonly<Record<string, readonly string[]>> = { ...TABLES, [BODIES]: ["body_id", "block"] };

const LARGE = "large";
/** Two blocks, of different bytes. */
const largeSnapshot = (letter: string): Uint8Array =>
  conversation(sessionId(7), letter.repeat(200_000), letter.repeat(90_000));

/** Every operation that loads or lists, over everything that is stored. */
const READS: Readonly<Record<string, Read>> = {
  ...Object.fromEntries([FURNISHED, "another", LARGE].flatMap((runtime) => Object.entries(readsOf(runtime)))),
  "one input": (store) => store.loadInputState(FURNISHED, inputId(2)),
  "another input": (store) => store.loadInputState(FURNISHED, inputId(3)),
  "a minted receipt": (store) => store.loadBoundaryReceipt(FURNISHED, runId(1), 0),
  "an applied receipt": (store) => store.loadBoundaryReceipt(FURNISHED, runId(2), 5),
  "receipts of a run": (store) => store.listBoundaryReceipts(FURNISHED, { runId: runId(2) }),
  "an operation": (store) => store.findBoundaryReceipt(FURNISHED, "operation 1"),
  runtimes: (store) => store.listRuntimes(),
  sessions: (store) => store.sessions.list(),
  "a session's presence": (store) => store.sessions.exists(sessionId(3)),
  ...Object.fromEntries(
    [1, 2, 3, 7].map((n): [string, Read] => [`session ${n}`, (store) => store.sessions.load(sessionId(n))]),
  ),
};

/** Those that take long. */
const LARGE_READS: ReadonlySet<string> = new Set([...Object.keys(readsOf(LARGE)), "session 7"]);

function readsOf(runtime: string): Record<string, Read> {
  return {
    [`${runtime}: runtime`]: (store) => store.loadRuntime(runtime),
    [`${runtime}: dump`]: (store) => store.dumpRuntime(runtime),
    [`${runtime}: head`]: (store) => store.loadRuntimeHead(runtime),
    [`${runtime}: state`]: (store) => store.loadRuntimeState(runtime),
    [`${runtime}: ops`]: (store) => store.loadOpsLifecycle(runtime),
    [`${runtime}: snapshot`]: (store) => store.loadSessionSnapshot(runtime),
    [`${runtime}: inputs`]: (store) => store.loadInputStates(runtime),
    [`${runtime}: receipts`]: (store) => store.listBoundaryReceipts(runtime),
    [`${runtime}: receipts by revision`]: (store) => store.listBoundaryReceipts(runtime, { limit: 9 }),
  };
}

/** A furnished database, its truth, and a way behind the store's back. */
interface Furnished {
  readonly store: BurrowStore;
  readonly raw: IDBPDatabase;
  readonly rows: readonly Stored[];
  readonly truth: Readonly<Record<string, unknown>>;
  readonly inputs: readonly InputState[];
}

let opened: Promise<Furnished> | undefined;

async function furnished(): Promise<Furnished> {
  const store = await openIndexedDbRuntimeStore({ name: "fuzz" });
  await furnish(store);
  await store.commitSessionBoundary(LARGE, boundary({ sessionDelta: delta(largeSnapshot("a")) }));
  const raw = await openDB("fuzz");
  const rows: Stored[] = [];
  for (const [table, members] of Object.entries(KEY_MEMBERS)) {
    for (const row of (await raw.getAll(table)) as RawRow[]) {
      rows.push({ table, key: members.map((name) => row[name] as IDBValidKey), row });
    }
  }
  const answers = await Promise.all(
    Object.entries(READS).map(async ([name, read]) => [name, await read(store)] as const),
  );
  return { store, raw, rows, truth: Object.fromEntries(answers), inputs: await store.loadInputStates(FURNISHED) };
}

const VALUES: readonly unknown[] = [
  ...[
    undefined,
    null,
    true,
    false,
    0,
    -0,
    1,
    -1,
    0.5,
    Number.NaN,
    Infinity,
    2 ** 53,
    1n,
    "",
    "0",
    "json",
    "superjson",
    "{",
    "null",
  ],
  ...[
    new Date(0),
    new Date(Number.NaN),
    [],
    {},
    new Map(),
    new Set([1]),
    new Uint8Array(3),
    new ArrayBuffer(2),
    new Error("e"),
  ],
  ...([Object("text"), Object(0), Object(true), /x/u, { toString: "x" }, "\ud800"] as unknown[]),
];
const KEYS: readonly IDBValidKey[] = [
  -1,
  -0,
  0.5,
  1e300,
  -Infinity,
  "",
  "z",
  "\ud800",
  new Date(0),
  new Uint8Array([1]),
  [],
  [[]],
  [1, "a"],
];

type Mutation = (stored: Stored, random: Random, rows: readonly Stored[]) => RawRow;

const MUTATIONS: readonly Mutation[] = [
  (stored, random) => ({ ...stored.row, [member(stored, random)]: random.pick(VALUES) }),
  /** The same, but of another type: what a checksum of texts might take for the same. */
  function boxed(stored, random) {
    const { row } = stored;
    const name = member(stored, random);
    const box = random.pick<(value: unknown) => unknown>([String, Object, asList]);
    return { ...row, [name]: row[name] === 0 ? random.pick([-0, "0", 0n]) : box(row[name]) };
  },
  function changedALittle(stored, random) {
    const { row } = stored;
    const name = member(stored, random);
    const value = row[name];
    if (typeof value === "number") return { ...row, [name]: value + random.pick([1, -1, 0.5]) };
    const text = String(value);
    const at = random.below(text.length);
    const put = random.pick(["", "x", '"', "{", "}", "0", ",", text.slice(0, at), "\0"]);
    return { ...row, [name]: text.slice(0, at) + put + text.slice(at + 1) };
  },
  function changedBit(stored, random) {
    const { row } = stored;
    const [name, bytes] = Object.entries(row).find(([, value]) => value instanceof Uint8Array) ?? [];
    if (name === undefined) return { ...row, [member(stored, random)]: random.pick(VALUES) };
    const changed = Uint8Array.from(bytes as Uint8Array);
    const at = random.below(changed.length);
    changed[at] = (changed[at] ?? 0) ^ (1 << random.below(8));
    return { ...row, [name]: changed };
  },
  function otherLength(stored, random) {
    const { row } = stored;
    const [name, bytes] = Object.entries(row).find(([, value]) => value instanceof Uint8Array) ?? [];
    if (name === undefined) return without(row, member(stored, random));
    const whole = bytes as Uint8Array;
    const end = random.pick([0, 1, whole.length - 1, random.below(whole.length)]);
    const longer = new Uint8Array(whole.length + 1 + random.below(9));
    longer.set(whole);
    return {
      ...row,
      [name]: random.pick([
        whole.slice(0, end),
        longer,
        new Uint16Array(4),
        whole.slice().buffer,
        [...whole.slice(0, 9)],
      ]),
    };
  },
  (stored, random) => without(stored.row, member(stored, random)),
  ({ row }, random) => ({
    ...row,
    [random.pick(["extra", "", "toJSON", "__proto_", "bytes", "deleted_at"])]: random.pick(VALUES),
  }),
  function renamed(stored, random) {
    const { row } = stored;
    const name = member(stored, random);
    return { ...without(row, name), [`${name}_`]: row[name] };
  },
  function swapped(stored, random) {
    const { row } = stored;
    const [one, other] = [member(stored, random), member(stored, random)];
    return { ...row, [one]: row[other], [other]: row[one] };
  },
  /**
   * Another row of any table, checksum and all, under this one's key. The checksum does not cover the table: a row that is
   * intact under this very key in another one cannot be told from this one's, and is left out.
   */
  function fromAnyTable(stored, random, rows) {
    const key = keyMembers(stored);
    const others = rows.filter(({ row }) => Object.entries(key).some(([name, value]) => row[name] !== value));
    return { ...random.pick(others).row, ...key };
  },
  function fromSameTable(stored, random, rows) {
    return { ...random.pick(rows.filter(({ table }) => table === stored.table)).row, ...keyMembers(stored) };
  },
  /** The same row under a key that no row has: its last member of another value or type. */
  function otherKey(stored, random) {
    const name = Object.keys(keyMembers(stored)).at(-1) ?? "";
    return { ...stored.row, [name]: random.pick(KEYS) };
  },
];

const asList = (value: unknown): unknown => [value];

/** A member that is no part of the key. */
function member({ table, row }: Stored, random: Random): string {
  return random.pick(Object.keys(row).filter((name) => !KEY_MEMBERS[table]?.includes(name)));
}

function without(row: RawRow, name: string): RawRow {
  return Object.fromEntries(Object.entries(row).filter(([each]) => each !== name));
}

function keyMembers({ table, key }: Stored): RawRow {
  return Object.fromEntries((KEY_MEMBERS[table] ?? []).map((name, index) => [name, key[index]]));
}

/** Stored rows and blocks, changed behind the store's back: every load gives the truth, or names the row. */
export const storedRows: FuzzTarget = {
  name: "stored rows",
  share: 0.02,
  async attempt(random, evidence) {
    const database = await (opened ??= furnished());
    const { store, raw, rows } = database;
    const stored = random.pick(rows);
    const changed = random.pick(MUTATIONS)(stored, random, rows);
    evidence.input = { table: stored.table, key: stored.key, changed };
    const storedKey = await raw.put(stored.table, changed);
    const key = [...keyOfStored(storedKey)];
    try {
      const isWhole = stored.key.includes(LARGE) || stored.table === BODIES || random.once(10);
      const reads = Object.entries(READS).filter(([name]) => isWhole || !LARGE_READS.has(name));
      const answers = await Promise.all(reads.map(([name, read]) => told(store, name, read)));
      const refused = answers.filter((answer) => "row" in answer);
      for (const answer of answers) {
        if ("row" in answer) expectNamed(answer, { ...stored, key, row: changed });
        else demandEqual(answer.value, database.truth[answer.name], answer.name);
      }
      if (isWhole) await expectVerifiable(store);
      if (stored.table === "runtime_input_states") await expectReplaceable(database, stored, key);
      return `${stored.table} ${refused.length > 0 ? "named as corrupt" : "read as it was"}`;
    } finally {
      await raw.delete(stored.table, storedKey);
      const overwritten = rows.filter((each) => each.table === stored.table && indexedDB.cmp([...each.key], key) === 0);
      for (const { table, row } of [...overwritten, stored]) await raw.put(table, row);
    }
  },
};

type Told = { readonly name: string } & ({ readonly value: unknown } | { readonly row: RowReference | undefined });

async function told(store: BurrowStore, name: string, read: Read): Promise<Told> {
  try {
    return { name, value: await read(store) };
  } catch (error) {
    if (!isRuntimeStoreError(error) || error.code !== "corrupt_record")
      throw new Error(`${name} fails`, { cause: error });
    return { name, row: error.row };
  }
}

/** Of a body, the whole may be named instead of one of its blocks; of a key, what comes before a member of a type that keys lack. */
function expectNamed({ name, row }: { name: string; row: RowReference | undefined }, stored: Stored): void {
  const { table } = stored;
  const named = table === BODIES ? stored.key.slice(0, 1) : [...keyOf(table as TableName, stored.row as Row)];
  const isNamed = row?.table === table && indexedDB.cmp(row.key.slice(0, named.length), named) === 0;
  demand(isNamed, `${name} names the row, instead of ${inspect(row)}`);
}

/** Damage is what verifying is for: it finds, and throws nothing. */
async function expectVerifiable(store: BurrowStore): Promise<void> {
  for (const runtime of [FURNISHED, LARGE]) await store.verifyRuntime(runtime);
}

/** The other inputs can be listed, and writing the input is the way to be rid of a bad row. */
async function expectReplaceable({ store, inputs }: Furnished, stored: Stored, key: IDBValidKey[]): Promise<void> {
  const id = stored.key[1];
  const others = inputs.filter(({ input_id }) => input_id !== id);
  const state = inputs.find(({ input_id }) => input_id === id);
  const isOwnKey = indexedDB.cmp(key, [...stored.key]) === 0;
  const listed = await store.listInputStates(FURNISHED, { onCorrupt: "skip" });
  demandEqual(
    listed.filter(({ input_id }) => input_id !== id),
    others,
    "the other inputs",
  );
  demand(state !== undefined, "the input is known");
  await store.persistInputState(FURNISHED, state);
  demandEqual(await store.loadInputState(FURNISHED, state.input_id), state, "the input that was written again");
  if (isOwnKey) demandEqual(await store.loadInputStates(FURNISHED), inputs, "all inputs, once one is written again");
}
