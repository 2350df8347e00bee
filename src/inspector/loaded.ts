import { useEffect, useReducer, useRef } from "preact/hooks";
import type { BurrowStore, RuntimeChange, RuntimeChangeKind } from "../contract/index.ts";

/** What was read, how the last reading failed, and whether one is under way. */
export interface Loaded<T> {
  readonly value: T | undefined;
  readonly error: unknown;
  readonly isLoading: boolean;
  readonly reload: () => void;
}

interface Reading<T> {
  key: string;
  value: T | undefined;
  error: unknown;
  isRunning: boolean;
  /** Whether what was read is out of date, so that it has to be read once more after the reading under way. */
  isStale: boolean;
}

/**
 * Reads something, and again when `version` changes; what was read stays until then, so that nothing jumps. Another `key` is
 * another thing. One reading is under way at a time, so changes that come faster than they can be read cost no more than that.
 */
export function useLoaded<T>(key: string, version: unknown, read: (known: T | undefined) => Promise<T>): Loaded<T> {
  const [, render] = useReducer((count: number) => count + 1, 0);
  const reading = useRef<Reading<T>>(newReading(key));
  const latest = useRef(read);
  latest.current = read;
  if (reading.current.key !== key) reading.current = newReading(key);

  const run = async (): Promise<void> => {
    const mine = reading.current;
    if (mine.isRunning) {
      mine.isStale = true;
      return;
    }
    mine.isRunning = true;
    do {
      mine.isStale = false;
      try {
        mine.value = await latest.current(mine.value);
        mine.error = undefined;
      } catch (error) {
        mine.error = error;
      }
    } while (mine.isStale && mine === reading.current);
    mine.isRunning = false;
    if (mine === reading.current) render(undefined);
  };
  useEffect(() => void run(), [key, version]);
  useEffect(() => () => void (reading.current = newReading("")), []);
  const { value, error, isRunning } = reading.current;
  return {
    value,
    error,
    isLoading: isRunning || (value === undefined && error === undefined),
    reload: () => void run(),
  };
}

const newReading = <T>(key: string): Reading<T> => ({
  key,
  value: undefined,
  error: undefined,
  isRunning: false,
  isStale: false,
});

/** How often what is stored has changed since the inspector was mounted, as far as it was told. */
export interface Versions {
  /** Of anything in the store. */
  readonly store: number;
  /** How often the reader has come back to the page: whatever was not told in the meantime may have changed. */
  readonly visits: number;
  readonly of: (runtimeId: string) => number;
  /** How often a runtime was deleted or imported, so that nothing known of it holds any more. */
  readonly lifeOf: (runtimeId: string) => number;
}

const ENDS_A_LIFE: ReadonlySet<RuntimeChangeKind> = new Set(["deleted", "imported"]);

/** Follows the changes of a store, by this tab and all others. They are hints, so coming back to the page counts as one too. */
export function useVersions(store: BurrowStore): Versions {
  const [, render] = useReducer((count: number) => count + 1, 0);
  const counts = useRef({ store: 0, visits: 0, runtimes: new Map<string, number>(), lives: new Map<string, number>() });
  useEffect(() => {
    const { current } = counts;
    const visit = (): void => {
      if (document.visibilityState === "hidden") return;
      current.store++;
      current.visits++;
      render(undefined);
    };
    const unsubscribe = subscribed(store, ({ runtimeId, kind }) => {
      current.store++;
      raise(current.runtimes, runtimeId);
      if (ENDS_A_LIFE.has(kind)) raise(current.lives, runtimeId);
      render(undefined);
    });
    document.addEventListener("visibilitychange", visit);
    return () => {
      unsubscribe();
      document.removeEventListener("visibilitychange", visit);
    };
  }, [store]);
  const { store: all, visits, runtimes, lives } = counts.current;
  return {
    store: all,
    visits,
    of: (id) => (runtimes.get(id) ?? 0) + visits,
    lifeOf: (id) => lives.get(id) ?? 0,
  };
}

/** A closed store takes no listener; that it is closed is told by whatever is read of it. */
function subscribed(store: BurrowStore, listener: (change: RuntimeChange) => void): () => void {
  try {
    return store.subscribe(listener);
  } catch {
    return () => undefined;
  }
}

const raise = (counts: Map<string, number>, id: string): void => void counts.set(id, (counts.get(id) ?? 0) + 1);
