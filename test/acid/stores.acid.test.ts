import { writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DISK_ENGINES, type DiskEngine } from "../browsers/disk-engines.ts";
import type { ModuleServer } from "../browsers/on-disk.ts";
import { isStartable } from "../crash/browser-launch.ts";
import { type Cell, tableOf, versionOf } from "./acid-table.ts";
import { serveAcidPage } from "./acid-server.ts";
import { OURS, STORES } from "./adapter.ts";
import { type Subject, TRIALS } from "./trials.ts";
import { JUDGES, type TrialName } from "./verdicts.ts";

const ENGINE: DiskEngine = DISK_ENGINES.find((engine) => engine === process.env.BURROW_ENGINE) ?? "LevelDB";

const cells: Cell[] = [];
let server: ModuleServer;

beforeAll(async () => {
  if (!isStartable(`Chromium ${ENGINE}`)) throw new Error("the acid test takes Chromium, and Linux to kill it");
  server = await serveAcidPage();
});

afterAll(async () => {
  await server.close();
  const date = new Date().toISOString().slice(0, 10);
  console.log(`\nChromium on ${ENGINE}, ${date}\n\n${tableOf(cells)}\n`);
  const versions = Object.fromEntries(STORES.map((store) => [store, versionOf(store)]));
  const json = JSON.stringify({ engine: ENGINE, date, versions, cells }, null, 1);
  if (process.env.BURROW_ACID_JSON) writeFileSync(process.env.BURROW_ACID_JSON, json);
  else console.log(json);
});

describe.each(STORES)("%s", (store) => {
  test.each(Object.keys(TRIALS) as TrialName[])("%s", async (trial) => {
    const cell = await carryOut(trial, { store, engine: ENGINE, server });
    cells.push(cell);
    if (store === OURS) expect(cell).toMatchObject({ verdict: expect.stringMatching(/^(safe|told)$/) as string });
  });
});

async function carryOut<Name extends TrialName>(trial: Name, subject: Subject): Promise<Cell> {
  const observed = await TRIALS[trial](subject);
  return { store: subject.store, trial, ...JUDGES[trial](observed), observed };
}
