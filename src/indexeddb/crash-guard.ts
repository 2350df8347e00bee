import { answerWithin } from "./deadline.ts";
import { flushLog, hasRoomForFlush } from "./log-flush.ts";
import { inOriginDatabase } from "./origin-database.ts";
import { forgetTabs, goneTabs, TabMark } from "./tab-mark.ts";

/** How long an opening waits for a flush, its own or another tab's, in milliseconds. */
const FLUSH_LIMIT = 5_000;
/** How long a first write waits for its mark, and a closing for the mark's removal, in milliseconds. */
const MARK_LIMIT = 1_000;
/** How long after a failure no mark is tried, in milliseconds: a write may wait for each try. */
const MARK_PAUSE = 30_000;
/** A worker does not hear of its end: its mark goes so long after its last write has ended, in milliseconds. */
const WORKER_IDLE = 10_000;

/** What became of the log: there was no need to do anything, it was put away, there was no room for that, or no success. */
export type LogFlush = "not needed" | "done" | "skipped" | "failed";

interface LeftMark {
  /** It may not be there yet. */
  readonly leaving: Promise<TabMark>;
  /** Resolves when it is there, has failed, or has taken too long to wait for. */
  readonly waited: Promise<unknown>;
}

/**
 * Has Chromium's LevelDB engine put its log away when a tab of the origin died that may have been writing: before anything is
 * written behind a record that may be torn, and once, whatever the number of tabs. Nothing that it does ever fails a caller.
 */
export class CrashGuard {
  readonly #factory: IDBFactory;
  readonly #locks: LockManager;
  #flush: Promise<LogFlush> | undefined;
  #holders = 0;
  #writes = 0;
  /** Of this realm, since a write asked for one; one that failed stands here until another may be tried. */
  #mark: LeftMark | undefined;
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

  /**
   * Holds the guard for one that is about to open a database, or to delete it, until it calls `release`, once. Resolves when the
   * log is in order, or will not be.
   */
  async retain(): Promise<LogFlush> {
    this.#holders++;
    this.#flush ??= answerWithin(FLUSH_LIMIT, this.#flushIfTorn()).then((flush) => flush ?? "failed");
    return this.#flush;
  }

  /** Lets go of what `retain` held; the last to do so removes the mark of this realm. */
  async release(): Promise<void> {
    if (--this.#holders === 0) await this.#removeMark();
  }

  /** To be called before a transaction that writes; `afterWriting` is called when it has ended. */
  async beforeWriting(): Promise<void> {
    this.#writes++;
    clearTimeout(this.#idle);
    const mark = (this.#mark ??= this.#leaveMark());
    await mark.waited;
  }

  afterWriting(): void {
    this.#writes--;
    if (this.#writes > 0 || "document" in globalThis) return;
    this.#idle = setTimeout(() => void this.#removeMark(), WORKER_IDLE);
  }

  #leaveMark(): LeftMark {
    const leaving = TabMark.leave(this.#factory, this.#locks);
    const mark = { leaving, waited: answerWithin(MARK_LIMIT, leaving) };
    leaving.catch(() => {
      setTimeout(() => {
        if (this.#mark === mark) this.#mark = undefined;
      }, MARK_PAUSE);
    });
    return mark;
  }

  /** One that is not there yet is removed once it is. */
  async #removeMark(): Promise<void> {
    clearTimeout(this.#idle);
    const removing = this.#mark?.leaving.then((mark) => mark.remove());
    this.#mark = undefined;
    if (removing) await answerWithin(MARK_LIMIT, removing);
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
