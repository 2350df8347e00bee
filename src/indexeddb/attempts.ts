import { isConnectionLost } from "./browser-errors.ts";

/** Milliseconds before each attempt. A connection that the browser closed is mended by the second; a storage process takes longer. */
const WAITS = [0, 0, 100, 400];

/** Runs `attempt` until it ends in anything but a lost connection, a few times at most. */
export async function withAttempts<T>(attempt: () => Promise<T>): Promise<T> {
  let lost: unknown;
  for (const wait of WAITS) {
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    try {
      return await attempt();
    } catch (error) {
      if (!isConnectionLost(error)) throw error;
      lost = error;
    }
  }
  throw lost;
}
