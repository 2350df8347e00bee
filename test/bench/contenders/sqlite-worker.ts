import startSqlite, { type OpfsSAHPoolDatabase, type SAHPoolUtil } from "@sqlite.org/sqlite-wasm";
import type { Turn } from "../contender.ts";

/** What the page asks for, one at a time. */
export type Call =
  | { readonly call: "open"; readonly name: string }
  | { readonly call: "commit"; readonly turn: Turn }
  | { readonly call: "load" | "close" };

export type Answer = { readonly snapshot: Uint8Array | undefined } | { readonly error: string };

const SCHEMA = `
  PRAGMA locking_mode=EXCLUSIVE;
  PRAGMA journal_mode=WAL;
  PRAGMA synchronous=FULL;
  CREATE TABLE IF NOT EXISTS snapshots(runtime_id TEXT PRIMARY KEY, body BLOB);
  CREATE TABLE IF NOT EXISTS receipts(run_id TEXT, sequence INTEGER, record TEXT, PRIMARY KEY(run_id, sequence));
  CREATE TABLE IF NOT EXISTS inputs(input_id TEXT PRIMARY KEY, record TEXT);
`;

/** For all databases together: each has two, and they are of a fixed number. */
const FILES = 24;

let pool: SAHPoolUtil | undefined;
let database: OpfsSAHPoolDatabase | undefined;

async function open(name: string): Promise<void> {
  pool ??= await (await startSqlite()).installOpfsSAHPoolVfs({ initialCapacity: FILES });
  database = new pool.OpfsSAHPoolDb(`/${name}.sqlite3`);
  database.exec(SCHEMA);
}

function commit({ snapshot, receipt, inputs }: Turn): void {
  opened().transaction((database) => {
    database.exec("INSERT OR REPLACE INTO snapshots VALUES('agent', ?)", { bind: [snapshot] });
    const { run_id, sequence } = receipt;
    database.exec("INSERT OR REPLACE INTO receipts VALUES(?, ?, ?)", {
      bind: [run_id, sequence, JSON.stringify(receipt)],
    });
    for (const input of inputs) {
      database.exec("INSERT OR REPLACE INTO inputs VALUES(?, ?)", { bind: [input.input_id, JSON.stringify(input)] });
    }
  });
}

function load(): Uint8Array | undefined {
  const body = opened().selectValue("SELECT body FROM snapshots WHERE runtime_id = 'agent'");
  return body instanceof Uint8Array ? body : undefined;
}

function opened(): OpfsSAHPoolDatabase {
  if (!database) throw new Error("no database is open");
  return database;
}

async function answer(asked: Call): Promise<Answer> {
  try {
    if (asked.call === "open") await open(asked.name);
    if (asked.call === "commit") commit(asked.turn);
    const snapshot = asked.call === "load" ? load() : undefined;
    if (asked.call === "close") opened().close();
    return { snapshot };
  } catch (error) {
    return { error: String(error) };
  }
}

addEventListener("message", ({ data }: MessageEvent<Call>) => {
  void answer(data).then((answer) => postMessage(answer));
});
