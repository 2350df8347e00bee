import { expect, test } from "vitest";
import { isStartable } from "./browser-launch.ts";
import { JobServer } from "./job-server.ts";
import { cutPower } from "./power-cut.ts";
import { PowerCutDisk } from "./power-cut-disk.ts";

const ROUND = { bytes: 300_000, delay: 300 };

const isPossible = PowerCutDisk.isPossible && isStartable("Chromium LevelDB");
if (!isPossible) console.warn("NOT TESTED: power cuts. It takes Linux, Chromium, and root to mount a disk.");

test.runIf(isPossible)(
  "after a power cut nothing is there in part, and nothing that was committed strictly is gone",
  async () => {
    await using server = await JobServer.start();
    const [strict, relaxed] = await Promise.all([
      cutPower(server, { ...ROUND, kind: "Chromium SQLite", options: { durability: "strict" } }),
      cutPower(server, { ...ROUND, kind: "Chromium LevelDB", options: { durability: "relaxed" } }),
    ]);
    expect(strict).toMatchObject({ lost: [], violations: [] });
    expect(strict.acknowledged).toBeGreaterThan(0);
    expect(relaxed.violations).toEqual([]);
  },
);
