import type { IDBPDatabase } from "idb";
import { type DataLoss, isRuntimeStoreError, type LostStanding, RuntimeStoreError } from "../core/errors.ts";
import { findShortfalls, readStandings, STANDINGS_SCOPE } from "../store/standings.ts";
import { isConnectionLost } from "./browser-errors.ts";
import { Deadline } from "./deadline.ts";
import { type DatabaseAddress, MissingDatabase, openDatabase } from "./open-database.ts";
import { runTransaction } from "./run-transaction.ts";
import { COMMITS, identityOf } from "./schema.ts";
import { UnreadableRows } from "./unreadable-rows.ts";
import type { Progress, Testimony, Witness } from "./witness.ts";

/**
 * How long the comparison may take, in milliseconds. When it is held up for longer, it is by another tab's transaction, and that
 * tab compared when it opened the database.
 */
const COMPARISON_LIMIT = 3_000;

/**
 * What an app does about data that the browser has lost. `refuse`, the default, changes nothing, and the store cannot be opened
 * or used. `start-anew` goes on with what is there: after a wipe with an empty database, after a rollback with the older state.
 */
export type DataLossDecision = "refuse" | "start-anew";

/** Asked when a database is gone, or older than what was acknowledged, and by each store that finds it so. */
export type OnDataLoss = (loss: DataLoss) => DataLossDecision | Promise<DataLossDecision>;

/**
 * Opens a database and compares it with what the witness knows. One that is gone or older is refused, unless the app goes on
 * with it.
 * @throws {RuntimeStoreError} `database_wiped` or `database_rolled_back`, with the `loss`, and as `openDatabase`.
 */
export async function openWitnessed(
  address: DatabaseAddress,
  witness: Witness,
  onDataLoss: OnDataLoss | undefined,
): Promise<IDBPDatabase> {
  let isAccepted = false;
  /** What the first look has found. Another tab may have begun anew since, or a worker may know better: only the second counts. */
  let suspicion: RuntimeStoreError | undefined;
  for (;;) {
    const told = await witness.testify({ everywhere: suspicion !== undefined });
    const known = { ...told, reported: told.reported ?? suspicion?.loss?.reported }; // Chromium tells it once
    try {
      const { database, progress } = await openKnown(address, known, { isAccepted, suspicion });
      witness.adopt(identityOf(database), progress);
      return database;
    } catch (error) {
      if (!isRuntimeStoreError(error) || !error.loss) throw error;
      const { loss } = error;
      const isFirst = suspicion === undefined;
      suspicion = error;
      if (isFirst) continue;
      if (loss.reported !== undefined) await witness.noteReport(known.identity, loss.reported);
      if ((await decision(loss, onDataLoss)) !== "start-anew") throw error;
      await witness.giveUp();
      isAccepted = true;
      suspicion = undefined;
    }
  }
}

async function decision(loss: DataLoss, onDataLoss: OnDataLoss | undefined): Promise<DataLossDecision | undefined> {
  try {
    return await onDataLoss?.(loss);
  } catch (cause) {
    throw new RuntimeStoreError(loss.code, "data were lost, and onDataLoss failed", { loss, cause });
  }
}

const isExpected = ({ identity, isGivenUp }: Testimony): boolean => identity !== undefined && isGivenUp !== true;

/** Whether a database that is not there should be. After a loss Chromium reports it for all names, also for new ones. */
function isMissed(known: Testimony, reported: string | undefined): boolean {
  return isExpected(known) || known.reported !== undefined || (reported !== undefined && known.isBlank);
}

/** What an opening knows besides the testimony. */
interface Before {
  readonly isAccepted: boolean;
  readonly suspicion: RuntimeStoreError | undefined;
}

async function openKnown(address: DatabaseAddress, known: Testimony, { isAccepted, suspicion }: Before) {
  const wiped = (reason: string, reported = known.reported) => {
    const runtimes = Array.from(known.standings.values(), (acknowledged) => ({ acknowledged, stored: undefined }));
    return lossError({ code: "database_wiped", database: address.name, runtimes, reported }, reason);
  };
  const database = await openDatabase(address, (reported) => isAccepted || !isMissed(known, reported)).catch(
    (error: unknown) => {
      throw error instanceof MissingDatabase ? wiped(error.message, error.reported) : error;
    },
  );
  try {
    const isOther = isExpected(known) && identityOf(database) !== known.identity;
    if (isOther) throw wiped("the browser has removed the database, and another was made under its name");
    return { database, progress: await progressOf(database, address, known, suspicion) };
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
  known: Testimony,
  suspicion: RuntimeStoreError | undefined,
): Promise<Progress> {
  const deadline = new Deadline(Math.min(openTimeout, COMPARISON_LIMIT));
  const unreadable = new UnreadableRows();
  const reading = async () => {
    const outcome = await runTransaction(database, {
      mode: "readonly",
      scope: [...STANDINGS_SCOPE, COMMITS],
      work: async (transaction) => {
        const [standings, writes] = await Promise.all([readStandings(transaction), transaction.countCommits()]);
        const shortfalls = await findShortfalls(transaction, known.standings.values(), standings);
        return { standings, writes, shortfalls };
      },
      unreadable,
      durability: "relaxed",
      deadline,
    });
    if (outcome.end === "completed") return outcome.value;
    throw outcome.error;
  };
  try {
    const { standings, writes: stored, shortfalls: runtimes } = await unreadable.learning(reading);
    if (runtimes.length === 0 && stored >= known.writes) {
      return { writes: stored, standings: [...standings.values()].filter((standing) => standing !== undefined) };
    }
    const writes = stored < known.writes ? { acknowledged: known.writes, stored } : undefined;
    const what = writes ? `${known.writes - stored} transactions` : `${runtimes.length} of its runtimes`;
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
