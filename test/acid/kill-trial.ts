import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { diskEngineOf } from "../browsers/disk-engines.ts";
import { driveChromium } from "../crash/driven-chromium.ts";
import { AcidTab } from "./acid-tab.ts";
import type { Ending } from "./endings.ts";
import { ACKNOWLEDGED, STANDS_STILL } from "./kill-signs.ts";
import type { Subject } from "./trials.ts";
import type { Observations } from "./verdicts.ts";

/** When to kill: once the page stands still within a turn, or so many milliseconds after turn 4 was acknowledged. */
interface Moment {
  readonly frozen: number | null;
  readonly delay: number;
}

const MOMENTS: readonly Moment[] = [
  { frozen: 3, delay: 0 },
  { frozen: 6, delay: 0 },
  { frozen: null, delay: 0 },
  { frozen: null, delay: 13 },
];
const ACKNOWLEDGED_BEFORE = 4;
/** Beyond 64 KiB, so that LevelDB keeps it in a file of its own. */
const BYTES = 300_000;
const SIGN_LIMIT_MS = 60_000;

/** Kills a Chromium on a new profile in the midst of saves, and starts it again to load; once for each moment. */
export async function killAgainAndAgain(subject: Subject): Promise<Observations["kill -9"]> {
  const seen = [];
  for (const moment of MOMENTS) seen.push(await killOnce(subject, moment));
  return seen;
}

async function killOnce(subject: Subject, moment: Moment) {
  const profile = await mkdtemp(join(tmpdir(), "burrow-acid-"));
  try {
    const acknowledged = await saveUntilKilled(subject, profile, moment);
    if (diskEngineOf(profile) !== subject.engine)
      throw new Error(`Chromium did not obey: it is not on ${subject.engine}`);
    return { ...moment, acknowledged, stored: await loadAfterRestart(subject, profile) };
  } finally {
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Gives the last turn whose acknowledgement was heard. */
async function saveUntilKilled({ store, engine, server }: Subject, profile: string, moment: Moment): Promise<number> {
  const { browser, page } = await driveChromium(`Chromium ${engine}`, profile);
  let acknowledged = 0;
  try {
    await page.goto(server.url);
    const opening = await new AcidTab(page).open(store);
    if (opening.ended !== "done") throw new Error(`${store} does not begin: ${JSON.stringify(opening)}`);
    const sign = moment.frozen === null ? `${ACKNOWLEDGED}${ACKNOWLEDGED_BEFORE}` : STANDS_STILL;
    page.on("console", (said) => {
      if (said.text().startsWith(ACKNOWLEDGED)) acknowledged = Number(said.text().slice(ACKNOWLEDGED.length));
    });
    const signed = page.waitForEvent("console", { predicate: (said) => said.text() === sign, timeout: SIGN_LIMIT_MS });
    const saving = page.evaluate(([bytes, frozen]) => globalThis.acid.saveOnAndOn(bytes, frozen), [
      BYTES,
      moment.frozen,
    ] as const);
    // It never resolves, and rejects when the page is killed; before that, because a save was refused.
    await Promise.race([signed, saving]);
    saving.catch(() => undefined);
    await sleep(moment.delay);
  } finally {
    await browser.kill();
  }
  return acknowledged;
}

async function loadAfterRestart({ store, engine, server }: Subject, profile: string): Promise<Ending> {
  const { browser, page } = await driveChromium(`Chromium ${engine}`, profile);
  try {
    await page.goto(server.url);
    return await new AcidTab(page).openAndLoad(store);
  } finally {
    await browser.quit();
  }
}
