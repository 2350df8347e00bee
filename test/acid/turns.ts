import { Random } from "../faults/fuzz-random.ts";
import { randomText } from "../faults/random-text.ts";
import type { Turn } from "./adapter.ts";
import type { Found, Part } from "./endings.ts";

/** The one key that is saved to. */
export const KEY = "agent";

/** The turn of a number: always the same text for a number and a length, and no other's. */
export function turnOf(receipt: number, bytes: number): Turn {
  return { snapshot: `${receipt} ${randomText(bytes, new Random(`turn ${receipt}`))}`, receipt };
}

/** A piece from the middle of a turn's text, by which it is known in whatever form it is stored. */
export function sampleOf({ snapshot }: Turn): string {
  return snapshot.slice(snapshot.length / 2, snapshot.length / 2 + 40);
}

/** Which turn each part is of. */
export function recognise({ snapshot, receipt }: Partial<Turn>): Found {
  return { snapshot: snapshot === undefined ? null : numberOf(snapshot), receipt: receipt ?? null };
}

function numberOf(snapshot: string): Part {
  const number = Number.parseInt(snapshot, 10);
  const bytes = snapshot.length - String(number).length - 1;
  return turnOf(number, Math.max(bytes, 0)).snapshot === snapshot ? number : "other";
}
