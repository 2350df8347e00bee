import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { answerWithin, Deadline } from "../../src/indexeddb/deadline.ts";

const LIMIT = 10_000;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** Lets timers see a clock that is as much later than they were set for as is told here. */
function sleepUntil(milliseconds: number): void {
  const now = performance.now();
  vi.spyOn(performance, "now").mockReturnValue(now + milliseconds);
}

/** What becomes of a wait without end, by the time that all pending work is done. */
async function stateOf(waiting: Promise<unknown>): Promise<unknown> {
  return Promise.race([
    waiting.catch((error: unknown) => (error as { code: string }).code),
    (async () => {
      for (let turn = 0; turn < 10; turn++) await Promise.resolve();
      return "waiting";
    })(),
  ]);
}

const never = (): Promise<unknown> =>
  new Promise(() => {
    // never settles
  });

test("a wait ends with its limit, and not before", async () => {
  const deadline = new Deadline(LIMIT);
  const waiting = deadline.race(never());
  sleepUntil(LIMIT);
  vi.advanceTimersByTime(LIMIT - 1);
  expect(await stateOf(waiting)).toBe("waiting");
  vi.advanceTimersByTime(1);
  expect(await stateOf(waiting)).toBe("timed_out");
});

test("a timer that fires late, after the page was frozen, gives as long again, once", async () => {
  const deadline = new Deadline(LIMIT);
  const waiting = deadline.race(never());
  sleepUntil(60 * 60_000);
  vi.advanceTimersByTime(LIMIT);
  expect(await stateOf(waiting)).toBe("waiting");
  sleepUntil(60 * 60_000);
  vi.advanceTimersByTime(LIMIT);
  expect(await stateOf(waiting)).toBe("timed_out");
});

test("what comes in time comes as it is", async () => {
  const deadline = new Deadline(LIMIT);
  await expect(deadline.race(Promise.resolve("value"))).resolves.toBe("value");
  await expect(deadline.race(Promise.reject(new Error("its own")))).rejects.toThrow("its own");
  deadline.cancel();
  expect(vi.getTimerCount()).toBe(0);
});

test("an answer that does not come, or is a refusal, is none", async () => {
  expect(await answerWithin(LIMIT, Promise.resolve(1))).toBe(1);
  expect(await answerWithin<number>(LIMIT, Promise.reject(new Error("no")))).toBeUndefined();
  const waiting = answerWithin(LIMIT, never());
  vi.advanceTimersByTime(LIMIT);
  expect(await waiting).toBeUndefined();
  expect(vi.getTimerCount()).toBe(0);
});
