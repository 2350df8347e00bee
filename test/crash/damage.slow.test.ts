import { test } from "vitest";
import { isStartable } from "./browser-launch.ts";
import { DAMAGES } from "./damage.ts";
import type { DamageRound } from "./damage-round.ts";
import { DAMAGED_KINDS, putToDamage } from "./put-to-damage.ts";

const SEED = process.env.BURROW_SEED ?? String(Date.now());
const TOTAL = Number(process.env.BURROW_DAMAGES ?? 120);
const LIMIT_OF_A_ROUND_MS = 60_000;

if (process.platform !== "linux") console.warn("NOT TESTED: files of browsers that are damaged. It takes Linux.");

test.runIf(DAMAGED_KINDS.every(isStartable))(
  "whatever is lost or changed in a browser's files is told when it is opened, loaded or verified",
  { timeout: (TOTAL + 10) * LIMIT_OF_A_ROUND_MS },
  async () => {
    const damages = Array.from({ length: TOTAL }, (_, index) => DAMAGES[index % DAMAGES.length] ?? "bytes");
    const undamaged = DAMAGED_KINDS.map((): DamageRound["damage"] => "none");
    await putToDamage([...undamaged, ...damages], SEED);
  },
);
