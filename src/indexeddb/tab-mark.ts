import { newUuid } from "../core/ids.ts";
import { inOriginDatabase, isOriginDatabaseThere, TABS } from "./origin-database.ts";
import { heldLock } from "./web-locks.ts";

const LOCK = "burrow-store tab ";
const CLEAN_END = "burrow-store clean end ";

/**
 * Tells the others of its origin that a tab, or a worker, may be writing. The mark is in IndexedDB, for localStorage reaches the
 * disk seconds later; a Web Lock shows that the tab lives. A window that goes in peace has no time to remove the mark, and leaves
 * a note in localStorage: if that is lost, the tab passes for one that died.
 */
export class TabMark {
  readonly #factory: IDBFactory;
  readonly #id = newUuid();
  #unlock: () => void = () => undefined;
  readonly #listening = new AbortController();

  private constructor(factory: IDBFactory) {
    this.#factory = factory;
  }

  /** Leaves the mark of this realm; it is on the disk when this resolves. */
  static async leave(factory: IDBFactory, locks: LockManager): Promise<TabMark> {
    const mark = new TabMark(factory);
    try {
      const lock = await heldLock(locks, LOCK + mark.#id);
      if (lock) mark.#unlock = () => void lock.release();
      mark.#listen();
      await inOriginDatabase(factory, async (database) => {
        const transaction = database.transaction(TABS, "readwrite", { durability: "strict" });
        await Promise.all([transaction.store.put({ tab_id: mark.#id }), transaction.done]);
      });
      return mark;
    } catch (error) {
      mark.#listening.abort();
      mark.#unlock();
      throw error;
    }
  }

  /** Removes it: this tab writes no more. If that fails, the tab passes for one that died. */
  async remove(): Promise<void> {
    this.#listening.abort(); // first: nothing would remove a note that was left meanwhile
    try {
      await inOriginDatabase(this.#factory, (database) => database.delete(TABS, this.#id));
    } finally {
      this.#unlock();
    }
  }

  #listen(): void {
    const { signal } = this.#listening;
    const on = (event: "pagehide" | "pageshow", note: () => void) => {
      const noteIfPossible = () => {
        try {
          note();
        } catch {
          // Without the note a flush is made that is not needed.
        }
      };
      addEventListener(event, noteIfPossible, { signal });
    };
    on("pagehide", () => {
      localStorage.setItem(CLEAN_END + this.#id, "");
    });
    on("pageshow", () => {
      localStorage.removeItem(CLEAN_END + this.#id);
    });
  }
}

/** The tabs of the origin that left a mark and are gone; `clean` are those that went in peace. */
export async function goneTabs(
  factory: IDBFactory,
  locks: LockManager,
): Promise<{ readonly dead: readonly string[]; readonly clean: readonly string[] }> {
  if (!(await isOriginDatabaseThere(factory))) return { dead: [], clean: [] };
  const marked = await inOriginDatabase(factory, (database) => database.getAllKeys(TABS) as Promise<string[]>);
  const { held = [] } = await locks.query();
  const living = new Set(held.map(({ name }) => name));
  const gone = marked.filter((tabId) => !living.has(LOCK + tabId));
  const { localStorage } = globalThis as { localStorage?: Storage }; // which workers have not
  const isClean = (tabId: string) => localStorage !== undefined && localStorage.getItem(CLEAN_END + tabId) !== null;
  return { dead: gone.filter((tabId) => !isClean(tabId)), clean: gone.filter((tabId) => isClean(tabId)) };
}

/** Removes the marks of tabs that are gone. */
export async function forgetTabs(factory: IDBFactory, tabIds: readonly string[]): Promise<void> {
  await inOriginDatabase(factory, async (database) => {
    const transaction = database.transaction(TABS, "readwrite");
    await Promise.all([...tabIds.map((tabId) => transaction.store.delete(tabId)), transaction.done]);
  });
  const { localStorage } = globalThis as { localStorage?: Storage };
  for (const tabId of tabIds) localStorage?.removeItem(CLEAN_END + tabId);
}
