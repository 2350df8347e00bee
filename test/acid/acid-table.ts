import { readFileSync } from "node:fs";
import { type StoreName, STORES } from "./adapter.ts";
import { JUDGES, type Judgement, type TrialName } from "./verdicts.ts";

/** One trial of one store: its verdict, what it rests on, and all that was seen. */
export interface Cell extends Judgement {
  readonly store: StoreName;
  readonly trial: TrialName;
  readonly observed: unknown;
}

const TRIAL_NAMES = Object.keys(JUDGES) as TrialName[];
const ROOT = new URL("../../", import.meta.url);

/** The version of a store that was measured. */
export function versionOf(store: StoreName): string {
  const folder = store === "burrow-store" ? "" : `node_modules/${store}/`;
  const text = readFileSync(new URL(`${folder}package.json`, ROOT), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}

/** Stores by trials, as Markdown; a trial that could not be carried out is a question mark. */
export function tableOf(cells: readonly Cell[]): string {
  const rows = STORES.filter((store) => cells.some((cell) => cell.store === store)).map((store) => {
    const verdicts = TRIAL_NAMES.map(
      (trial) => cells.find((cell) => cell.store === store && cell.trial === trial)?.verdict ?? "?",
    );
    return [`${store} ${versionOf(store)}`, ...verdicts];
  });
  return [["", ...TRIAL_NAMES], ["", ...TRIAL_NAMES].map(() => "---"), ...rows]
    .map((row) => `| ${row.join(" | ")} |`)
    .join("\n");
}
