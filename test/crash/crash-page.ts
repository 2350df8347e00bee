import type { BurrowStore } from "../../src/index.ts";
import { openIndexedDbRuntimeStore } from "../../src/indexeddb/index.ts";
import { WITNESS_PREFIX } from "../../src/indexeddb/witness-notes.ts";
import type { Event, Job, StoreOptions } from "./crash-events.ts";
import { commitTurns } from "./crash-turns.ts";
import { reportOn } from "./crash-report.ts";
import { CHAPTERS, WRITTEN } from "./damage-history.ts";
import { asPlainError, readAll, verifyAll } from "./readings.ts";

// The page of `/page?visit=…`: it fetches its job, does it, and says what happens, with nobody who drives it.

const visit = new URLSearchParams(location.search).get("visit") ?? "";
let said = 0;

/** Tells the server; resolves when it has heard. */
async function say(event: Event): Promise<void> {
  const body = JSON.stringify({ n: said++, ...event });
  await fetch(`/said?visit=${visit}`, { method: "POST", body });
}

function openStore(options: StoreOptions = {}, startsAnew = false): Promise<BurrowStore> {
  const onDataLoss = startsAnew ? () => "start-anew" as const : undefined;
  return openIndexedDbRuntimeStore({ name: "crash", onDataLoss, ...options });
}

const notesNow = (): Record<string, string> =>
  Object.fromEntries(Object.entries(localStorage).filter(([key]) => key.startsWith(WITNESS_PREFIX)));

async function perform(job: Job): Promise<void> {
  const before = notesNow();
  const startsAnew = job.job === "report" && job.startsAnew;
  const store = await openStore(job.options, startsAnew).catch((error: unknown) => {
    return say({ event: "refused", error: asPlainError(error) });
  });
  if (!store) return;
  if (job.job === "read") {
    if (job.chapter !== undefined) await CHAPTERS[job.chapter]?.write(store);
    const readings = await readAll(store, WRITTEN);
    const verifications = await verifyAll(store, WRITTEN);
    await say({
      event: "everything",
      readings,
      verifications,
      notes: { before, after: notesNow() },
    });
  } else {
    if (job.job === "report") await say(await reportOn(store, job.operations));
    if (job.turns) await commitTurns(store, job.turns, say);
  }
  await store.close();
  await say({ event: "closed" });
}

await say({ event: "ready" });
const answer = await fetch(`/job?visit=${visit}&n=0`);
if (answer.ok) {
  await perform((await answer.json()) as Job).catch((error: unknown) =>
    say({ event: "failed", error: asPlainError(error) }),
  );
  await say({ event: "done" });
}
await fetch(`/leave?visit=${visit}`).then(() => window.close());
