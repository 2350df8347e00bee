import type { IDBPDatabase } from "idb";
import { type DataLoss, isRuntimeStoreError, type LostStanding, RuntimeStoreError } from "../core/errors.ts";
import { HEAD_SCOPE } from "../store/heads.ts";
import { findShortfalls, readHeads } from "../store/standings.ts";
import { isConnectionLost } from "./browser-errors.ts";
import { Deadline } from "./deadline.ts";
import { type DatabaseAddress, MissingDatabase, openDatabase } from "./open-database.ts";
import { runTransaction } from "./run-transaction.ts";
import { COMMITS, identityOf } from "./schema.ts";
import { UnreadableRows } from "./unreadable-rows.ts";
import type { Progress } from "./note-taker.ts";
import type { Acknowledged, Testimony, Witness } from "./witness.ts";

/**
 * How long the comparison may take, in milliseconds. When it is held up for longer, it is by another tab's transaction, and that
 * tab compared when it opened the database.
 */
const COMPARISON_LIMIT = 3_000;

/**
 * What an app does about data that the browser has lost. `refuse`, the default, leaves the data as they are, and the store
 * cannot be opened or used. `start-anew` goes on with what is there: after a wipe with an empty database, after a rollback with the older state.
 */
export type DataLossDecision = "refuse" | "start-anew";

/** Asked when a database is gone, or older than what was acknowledged, and by each store that finds it so. */
export type OnDataLoss = (loss: DataLoss) => DataLossDecision | Promise<DataLossDecision>;

/** What an opening takes besides the address. */
export interface Opening {
  readonly witness: Witness;
  readonly onDataLoss: OnDataLoss;
  /** Is given each connection as soon as there is one: it must hear of other tabs' wishes from then on. */
  readonly hold: (database: IDBPDatabase) => void;
}

/**
 * Opens a database and compares it with what the witness knows. One that is gone or older is refused, unless the app goes on
 * with it.
 * @throws {RuntimeStoreError} `database_wiped` or `database_rolled_back`, with the `loss`; `database_closed` when the one that
 * was open before was deleted since; and as `openDatabase`.
 */
export async function openWitnessed(address: DatabaseAddress, opening: Opening): Promise<IDBPDatabase> {
  const { witness, onDataLoss } = opening;
  /** What the first look has found. A worker may know better: only the second counts. */
  let suspicion: RuntimeStoreError | undefined;
  for (;;) {
    const told = await witness.testify({ everywhere: suspicion !== undefined });
    if (told.isGivenUp) throw new RuntimeStoreError("database_closed", "the database was deleted, or begun anew");
    const known = { ...told, reported: told.reported ?? suspicion?.loss?.reported }; // Chromium tells it once
    let seen: string | undefined;
    const hold = (database: IDBPDatabase) => {
      seen = identityOf(database);
      opening.hold(database);
    };
    try {
      return await openKnown({ address, known, witness, hold, suspicion });
    } catch (error) {
      if (!isRuntimeStoreError(error) || !error.loss) throw error;
      const isFirst = suspicion === undefined;
      suspicion = error;
      if (isFirst) continue;
      if (error.loss.reported !== undefined) await witness.noteReport(error.loss.reported);
      if ((await decision(error.loss, onDataLoss)) !== "start-anew") throw error;
      await witness.giveUp([...known.expected.keys()], seen);
      // Whatever the witness still says: its notes may be beyond change.
      return await openKnown({ address, known: NOTHING, witness, hold, suspicion: undefined });
    }
  }
}

const NOTHING: Testimony = { expected: new Map(), isGivenUp: false, reported: undefined };

async function decision(loss: DataLoss, onDataLoss: OnDataLoss): Promise<DataLossDecision> {
  try {
    return await onDataLoss(loss);
  } catch (cause) {
    throw new RuntimeStoreError(loss.code, "data were lost, and onDataLoss failed", { loss, cause });
  }
}

interface Look extends Pick<Opening, "witness" | "hold"> {
  readonly address: DatabaseAddress;
  readonly known: Testimony;
  readonly suspicion: RuntimeStoreError | undefined;
}

async function openKnown({ address, known, witness, hold, suspicion }: Look): Promise<IDBPDatabase> {
  const { expected } = known;
  const wiped = (missing: readonly Acknowledged[], reason: string, reported = known.reported) => {
    const standings = missing.flatMap((database) => [...database.standings.values()]);
    const runtimes = standings.map((acknowledged) => ({ acknowledged, stored: undefined }));
    const acknowledged = missing.reduce((sum, { writes }) => sum + writes, 0);
    const loss = {
      code: "database_wiped",
      database: address.name,
      runtimes,
      writes: { acknowledged, stored: 0 },
    } as const;
    return lossError({ ...loss, reported }, reason);
  };
  const database = await openDatabase(address, () => expected.size === 0).catch((error: unknown) => {
    throw error instanceof MissingDatabase ? wiped([...expected.values()], error.message, error.reported) : error;
  });
  try {
    hold(database);
    const identity = identityOf(database);
    const missing = [...expected].filter(([other]) => other !== identity).map(([, database]) => database);
    if (missing.length > 0)
      throw wiped(missing, "the browser has removed the database, and another was made under its name");
    witness.adopt(identity, await progressOf(database, address, { known: expected.get(identity), suspicion }));
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/**
 * How far a database has come.
 * @throws {RuntimeStoreError} `database_rolled_back` when that is less than what is known; the suspicion when nothing can be read.
 */
async function progressOf(
  database: IDBPDatabase,
  { name, openTimeout }: DatabaseAddress,
  { known, suspicion }: { known: Acknowledged | undefined; suspicion: RuntimeStoreError | undefined },
): Promise<Progress> {
  const deadline = new Deadline(Math.min(openTimeout, COMPARISON_LIMIT));
  const unreadable = new UnreadableRows();
  const reading = async () => {
    const outcome = await runTransaction(database, {
      mode: "readonly",
      scope: [...HEAD_SCOPE, COMMITS],
      work: async (transaction) => {
        const [heads, writes] = await Promise.all([readHeads(transaction), transaction.countCommits()]);
        const shortfalls = await findShortfalls(transaction, known?.standings.values() ?? [], heads.standings);
        return { ...heads, writes, shortfalls };
      },
      unreadable,
      durability: "relaxed",
      deadline,
    });
    if (outcome.end === "completed") return outcome.value;
    throw outcome.error;
  };
  try {
    const { standings, living, writes: stored, shortfalls: runtimes } = await unreadable.learning(reading);
    const acknowledged = known?.writes ?? 0;
    // Where there is no count but there are rows, the count itself is lost.
    const isCountShort = stored < acknowledged && (stored > 0 || standings.size === 0);
    if (runtimes.length === 0 && !isCountShort) return { writes: Math.max(stored, acknowledged), standings: living };
    const writes = { acknowledged, stored };
    const what = isCountShort ? `${acknowledged - stored} transactions` : `${runtimes.length} of its runtimes`;
    const reason = `the database is older than what was acknowledged, by ${what}`;
    throw lossError({ code: "database_rolled_back", database: name, runtimes, writes }, reason);
  } catch (error) {
    if (isConnectionLost(error) || (isRuntimeStoreError(error) && error.loss)) throw error;
    if (suspicion) throw suspicion;
    return { writes: 0, standings: [] }; // what cannot be read cannot be compared, and says so when it is used
  } finally {
    deadline.cancel();
  }
}

function lossError(loss: DataLoss, reason: string): RuntimeStoreError {
  const byRuntimeId = (a: LostStanding, b: LostStanding) =>
    a.acknowledged.runtime_id < b.acknowledged.runtime_id ? -1 : 1;
  const runtimes = [...loss.runtimes].sort(byRuntimeId);
  return new RuntimeStoreError(loss.code, reason, { loss: { ...loss, runtimes } });
}
