import { cp, rm } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { diskEngineOf, indexedDbFolder } from "../browsers/disk-engines.ts";
import type { BrowserKind } from "./browser-launch.ts";
import type { Everything, Job, Refused } from "./crash-events.ts";
import { CHAPTERS } from "./damage-history.ts";
import type { JobServer } from "./job-server.ts";
import { ANSWER_LIMIT_MS, visitInBrowser } from "./visit-in-browser.ts";

/** A profile to make damaged copies of. */
export interface Template {
  readonly kind: BrowserKind;
  readonly profile: string;
  /** The folder of IndexedDB as it was after each chapter but the last. */
  readonly olderCopies: readonly string[];
  /** What was read of it when it was whole. */
  readonly truth: Everything;
}

const MOST_ATTEMPTS = 5;

/**
 * Writes the history in a browser that is ended in good order after each chapter, into a folder that is there. As often as it
 * takes: Chromium writes `localStorage` seconds later, and when it is told to end it sometimes ends without.
 */
export async function makeTemplate(server: JobServer, kind: BrowserKind, folder: string): Promise<Template> {
  for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt++) {
    const own = join(folder, String(attempt)); // short, for the path of a socket in it has 107 characters at most
    const template = await writeHistory(server, kind, own);
    const copy = join(own, "copy");
    await copyFolder(template.profile, copy);
    const again = await readIn(server, { kind, profile: copy, job: { job: "read" } });
    await rm(copy, { recursive: true });
    if (again.event === "everything" && isDeepStrictEqual(again.notes.before, template.truth.notes.after))
      return template;
    console.log(`${kind} did not keep localStorage at attempt ${attempt}`);
    await rm(own, { recursive: true });
  }
  throw new Error(`${kind} does not keep localStorage`);
}

async function writeHistory(server: JobServer, kind: BrowserKind, folder: string): Promise<Template> {
  const profile = join(folder, "profile");
  const olderCopies: string[] = [];
  let truth: Everything | Refused | undefined;
  for (const [chapter, { options }] of CHAPTERS.entries()) {
    if (truth) {
      const copy = join(folder, `IndexedDB after chapter ${chapter}`);
      await copyFolder(indexedDbFolder(profile), copy);
      olderCopies.push(copy);
    }
    truth = await readIn(server, { kind, profile, job: { job: "read", options, chapter } });
  }
  await rm(join(profile, "tmp"), { recursive: true }); // Chromium leaves a socket there, which cannot be copied
  if (kind !== `Chromium ${String(diskEngineOf(profile))}`) throw new Error(`${kind} did not obey`);
  if (truth?.event !== "everything") throw new Error(`${kind} could not write: ${JSON.stringify(truth)}`);
  return { kind, profile, olderCopies, truth };
}

const copyFolder = (from: string, to: string): Promise<void> =>
  cp(from, to, { recursive: true, preserveTimestamps: true });

/** Has a browser do one job, which ends with reading everything. */
export function readIn(
  server: JobServer,
  visiting: { readonly kind: BrowserKind; readonly profile: string; readonly job: Job },
): Promise<Everything | Refused> {
  return visitInBrowser(server, visiting, (visit) => visit.next(["everything", "refused"], ANSWER_LIMIT_MS));
}
