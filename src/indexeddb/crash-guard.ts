import { answerWithin } from "./deadline.ts";
import { flushLog, hasRoomForFlush } from "./log-flush.ts";
import { inOriginDatabase } from "./origin-database.ts";
import { forgetTabs, goneTabs, TabMark } from "./tab-mark.ts";

/** How long an opening waits for a flush, its own or another tab's, in milliseconds. */
const FLUSH_LIMIT = 5_000;
/** How long a first write waits for its mark, and a closing for the mark's removal, in milliseconds. */
const MARK_LIMIT = 1_000;
/** A worker does not hear of its end: its mark goes when it has written nothing for so long, in milliseconds. */
const WORKER_IDLE = 10_000;

/** What became of the log: there was no need to do anything, it was put away, there was no room for that, or no success. */
export type LogFlush = "not needed" | "done" | "skipped" | "failed";

/**
 * Has Chromium's LevelDB engine put its log away when a tab of the origin died that may have been writing: before anything is
 * written behind a record that may be torn, and once, whatever the number of tabs. Nothing that it does ever fails a caller.
 */
export class CrashGuard {
  readonly #factory: IDBFactory;
  readonly #locks: LockManager;
  #flush: Promise<LogFlush> | undefined;
  #stores = 0;
  #mark: Promise<TabMark | undefined> | undefined;
  #idle: ReturnType<typeof setTimeout> | undefined;

  private constructor(factory: IDBFactory, locks: LockManager) {
    this.#factory = factory;
    this.#locks = locks;
  }

  /** This realm's guard of a factory; `undefined` where it is not Chromium, or there are no Web Locks (insecure origins). */
  static of(factory: IDBFactory): CrashGuard | undefined {
    const { navigator } = globalThis as {
      navigator?: { userAgentData?: { brands: { brand: string }[] }; locks?: LockManager };
    };
    const isChromium = navigator?.userAgentData?.brands.some(({ brand }) => brand === "Chromium") ?? false;
    if (!isChromium || !navigator?.locks || !("databases" in factory)) return undefined;
    const guard = guards.get(factory) ?? new CrashGuard(factory, navigator.locks);
    guards.set(factory, guard);
    return guard;
  }

  /** To be called before a store opens its database. */
  async beforeOpening(): Promise<LogFlush> {
    this.#stores++;
    this.#flush ??= answerWithin(FLUSH_LIMIT, this.#flushIfTorn()).then((flush) => flush ?? "failed");
    return this.#flush;
  }

  /** To be called before a transaction that writes. */
  async beforeWriting(): Promise<void> {
    this.#mark ??= answerWithin(MARK_LIMIT, TabMark.leave(this.#factory, this.#locks));
    await this.#mark;
    if ("document" in globalThis) return;
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => void this.#removeMark(), WORKER_IDLE);
  }

  /** To be called when a store is closed. */
  async afterClosing(): Promise<void> {
    if (--this.#stores === 0) await this.#removeMark();
  }

  async #removeMark(): Promise<void> {
    clearTimeout(this.#idle);
    const leaving = this.#mark;
    this.#mark = undefined;
    const removing = async () => (await leaving)?.remove();
    await answerWithin(MARK_LIMIT, removing());
  }

  async #flushIfTorn(): Promise<LogFlush> {
    const { dead, clean } = await goneTabs(this.#factory, this.#locks);
    if (dead.length > 0) return this.#locks.request(FLUSH_LOCK, () => this.#flushOnce());
    if (clean.length > 0) await forgetTabs(this.#factory, clean);
    return "not needed";
  }

  async #flushOnce(): Promise<LogFlush> {
    const { dead, clean } = await goneTabs(this.#factory, this.#locks); // another tab may have done it meanwhile
    if (dead.length === 0) return "not needed";
    if (!(await hasRoomForFlush())) return "skipped";
    await inOriginDatabase(this.#factory, flushLog);
    await forgetTabs(this.#factory, [...dead, ...clean]);
    return "done";
  }
}

const FLUSH_LOCK = "burrow-store flush";
const guards = new WeakMap<IDBFactory, CrashGuard>();
