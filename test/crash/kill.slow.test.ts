import { test } from "vitest";
import { BROWSER_KINDS, type BrowserKind, isStartable } from "./browser-launch.ts";
import { expectNoLoss } from "./expect-no-loss.ts";
import { JobServer } from "./job-server.ts";
import { killAll, killsOf } from "./kill-all.ts";

const SEED = process.env.BURROW_SEED ?? String(Date.now());
const TOTAL = Number(process.env.BURROW_KILLS ?? 280);
/** How many of a hundred kills are in which browser. Chromium's LevelDB engine is the one that has lost data so. */
const SHARES: Record<BrowserKind, number> = {
  "Chromium LevelDB": 50,
  "Chromium SQLite": 22,
  Firefox: 14,
  WebKitGTK: 14,
};
const LIMIT_OF_A_KILL_MS = 60_000;

if (process.platform !== "linux") console.warn("NOT TESTED: browsers that are killed. It takes Linux.");
console.log(`BURROW_SEED=${SEED} repeats the moments of these kills`);

for (const kind of BROWSER_KINDS) {
  const kills = Math.ceil((TOTAL * SHARES[kind]) / 100);
  test.runIf(isStartable(kind))(
    `${kind}, killed again and again while it commits, loses nothing and tears nothing`,
    { timeout: kills * LIMIT_OF_A_KILL_MS },
    async () => {
      await using server = await JobServer.start();
      expectNoLoss(await killAll(server, killsOf(kind, kills, SEED), 2));
    },
  );
}
