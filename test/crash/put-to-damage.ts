import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import type { BrowserKind } from "./browser-launch.ts";
import { damageAll, type DamageTally } from "./damage-all.ts";
import type { DamageRound } from "./damage-round.ts";
import { makeTemplate, type Template } from "./damage-template.ts";
import { JobServer } from "./job-server.ts";
import type { Wrong } from "./judge-readings.ts";

/** The browsers of which files are damaged: Chromium once for each of its engines. */
export const DAMAGED_KINDS: readonly BrowserKind[] = ["Chromium LevelDB", "Chromium SQLite"];

const LONGEST_TEXT = 300;

/** Makes these damages in each browser in turn, prints what came of them, and asserts that all that did harm were told. */
export async function putToDamage(damages: readonly DamageRound["damage"][], seed: string): Promise<void> {
  console.log(`BURROW_SEED=${seed} repeats these damages`);
  const folder = await mkdtemp(join(tmpdir(), "burrow-damage-"));
  await using server = await JobServer.start();
  try {
    const templates = await makeTemplates(server, folder);
    const rounds = damages.flatMap((damage, index): DamageRound[] => {
      const template = templates[index % templates.length];
      return template ? [{ template, damage, seed: `${seed} ${index}` }] : [];
    });
    expectAllTold(await damageAll(server, rounds, folder));
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

function makeTemplates(server: JobServer, folder: string): Promise<Template[]> {
  return Promise.all(DAMAGED_KINDS.map((kind) => makeTemplate(server, kind, join(folder, kind))));
}

function expectAllTold(tallies: readonly DamageTally[]): void {
  const lines = tallies.map(({ kind, damage, rounds, harmless, atOpen, atLoad, byVerify, wrong }) => {
    const codes = Object.entries(atOpen).map(([code, times]) => `${code} ${times}`);
    return { kind, damage, rounds, harmless, atOpen: codes.join(), atLoad, byVerify, wrong: wrong.length };
  });
  console.table(lines);
  const wrongs = tallies.flatMap(({ wrong }) => wrong);
  const texts = wrongs.map(({ round, starts }) => {
    return [round, ...starts.flatMap(({ start, wrongs }) => wrongs.map((wrong) => `start ${start}: ${textOf(wrong)}`))];
  });
  expect(texts).toEqual([]);
  const undamaged = tallies.filter(({ damage }) => damage === "none");
  expect(undamaged.map(({ harmless }) => harmless)).toEqual(undamaged.map(({ rounds }) => rounds));
}

function textOf({ kind, reading, truth, read }: Wrong): string {
  const [written, found] = [truth, read].map((value) => (JSON.stringify(value) ?? "").slice(0, LONGEST_TEXT));
  return kind === "silent" ? `${kind}: ${reading} was ${written}, is ${found}` : `${kind}: ${reading}: ${found}`;
}
