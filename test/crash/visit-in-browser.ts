import type { BrowserKind } from "./browser-launch.ts";
import type { Job } from "./crash-events.ts";
import type { JobServer } from "./job-server.ts";
import { startBrowser } from "./plain-browser.ts";
import type { Visit } from "./visit.ts";

/** How long a page may take for what is waited for. */
export const ANSWER_LIMIT_MS = 120_000;

/** Starts a browser for one job, waits for what a page is to say and for the end of the job, and ends it in good order. */
export async function visitInBrowser<T>(
  server: JobServer,
  { kind, profile, job }: { readonly kind: BrowserKind; readonly profile: string; readonly job: Job },
  hear: (visit: Visit) => Promise<T>,
): Promise<T> {
  const visit = server.visit(job);
  const browser = await startBrowser(kind, profile, visit.url);
  try {
    const heard = await hear(visit);
    await visit.next("done", ANSWER_LIMIT_MS);
    visit.leave();
    await browser.quit();
    return heard;
  } catch (error) {
    await browser.kill();
    throw error;
  }
}
