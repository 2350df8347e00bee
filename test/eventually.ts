import { vi } from "vitest";

/** Checks again and again until the check passes. What hangs takes the limit; a busy machine must not, and no test is for speed. */
export const eventually = <T>(check: () => T | Promise<T>): Promise<T> =>
  vi.waitFor(check, { timeout: 60_000, interval: 10 });
