import { test } from "vitest";
import { isStartable } from "./browser-launch.ts";
import { DAMAGES } from "./damage.ts";
import { DAMAGED_KINDS, putToDamage } from "./put-to-damage.ts";

const SEED = process.env.BURROW_SEED ?? String(Date.now());
const LIMIT_MS = 600_000;

test.runIf(DAMAGED_KINDS.every(isStartable))(
  "what is lost or changed in a browser's files is told when it is opened, loaded or verified",
  { timeout: LIMIT_MS },
  () => putToDamage(DAMAGES, SEED),
);
