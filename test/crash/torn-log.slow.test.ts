import { expect, test } from "vitest";
import { isStartable } from "./browser-launch.ts";
import { JobServer } from "./job-server.ts";
import { killAll } from "./kill-all.ts";
import { tearLog } from "./torn-log.ts";

const ROUNDS = Number(process.env.BURROW_TORN_LOGS ?? 20);
const LIMIT_OF_A_ROUND_MS = 60_000;

// What Chromium does without the flush shows that the flush is what helps; once Chromium is mended, it is not needed.
test.runIf(isStartable("Chromium LevelDB")).each([
  ["is lost by the second start where the log is left as it is", false, ROUNDS],
  ["keeps all its data where the log is put away", true, 0],
])(
  "an origin whose log was torn by a kill %s",
  { timeout: ROUNDS * LIMIT_OF_A_ROUND_MS },
  async (_, flushAfterCrash, wipes) => {
    await using server = await JobServer.start();
    const round = { kind: "Chromium LevelDB", options: { flushAfterCrash }, bytes: 2000, afterKill: tearLog } as const;
    const rounds = Array.from({ length: ROUNDS }, (_, index) => ({ ...round, delay: index * 10 }));
    const tallies = await killAll(server, rounds, 2);
    console.log(`flush ${flushAfterCrash}:`, tallies);
    expect(tallies).toMatchObject([{ kills: ROUNDS, wipes, violations: [] }]);
  },
);
