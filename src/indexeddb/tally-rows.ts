import type { Row, Tally } from "../engine/index.ts";
import { isIntact, sealed } from "../store/rows.ts";

/** Whose rows a tally counts: those of a runtime, or of no runtime, which is the catalog of sessions. */
export const ownerOf = (runtimeId: string | undefined): string =>
  runtimeId === undefined ? "sessions" : `runtime ${runtimeId}`;

/** A tally as it is stored, with a checksum over all of its members as every row has one. */
export const rowOfTally = (owner: string, tally: Tally): Row => sealed({ owner, ...tally });

/** The tally in what a browser gave for its owner; "damaged" where that is not what was written. */
export function tallyIn(owner: string, given: unknown): Tally | "damaged" | undefined {
  if (given === undefined) return undefined;
  const row = given as Row | null;
  if (row?.owner !== owner || !isIntact(row)) return "damaged";
  return { rows: Number(row.rows), sum: row.sum === undefined ? undefined : Number(row.sum) };
}
