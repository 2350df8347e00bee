import { expect, test } from "vitest";
import { BROWSER_KINDS, type BrowserKind, isStartable } from "./browser-launch.ts";
import { expectNoLoss } from "./expect-no-loss.ts";
import { JobServer } from "./job-server.ts";
import { killAll, killsOf } from "./kill-all.ts";
import { tearLog } from "./torn-log.ts";

const SEED = process.env.BURROW_SEED ?? String(Date.now());
const KILLS: Record<BrowserKind, number> = { "Chromium LevelDB": 2, "Chromium SQLite": 2, Firefox: 1, WebKitGTK: 1 };

const kinds = BROWSER_KINDS.filter(isStartable);
if (process.platform !== "linux") console.warn("NOT TESTED: browsers that are killed. It takes Linux.");

test.runIf(kinds.length > 0)(
  "browsers that are killed while they commit lose nothing and tear nothing, also when the kill has torn LevelDB's log",
  async () => {
    console.log(`BURROW_SEED=${SEED} repeats the moments of these kills`);
    await using server = await JobServer.start();
    // The slowest first, so that the others run beside it.
    const rounds = [...kinds].reverse().flatMap((kind) => {
      const kills = killsOf(kind, KILLS[kind], SEED);
      return kind === "Chromium LevelDB" ? kills.map((kill) => ({ ...kill, afterKill: tearLog })) : kills;
    });
    const tallies = await killAll(server, rounds, 2);
    expect(tallies.map(({ kind }) => kind).sort()).toEqual([...kinds].sort());
    expectNoLoss(tallies);
  },
);
