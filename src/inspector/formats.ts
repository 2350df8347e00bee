/** A number of bytes as people read it: `4.2 KB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const [size, unit] =
    bytes < 1_000_000 ? [bytes / 1000, "KB"] : bytes < 1e9 ? [bytes / 1_000_000, "MB"] : [bytes / 1e9, "GB"];
  return `${size.toFixed(size < 10 ? 1 : 0)} ${unit}`;
}

/** A count with its noun: `1 message`, `2 messages`. */
export function formatCount(count: number, noun: string): string {
  return `${count.toLocaleString()} ${noun}${count === 1 ? "" : "s"}`;
}

/** The first of a list that is drawn whole, and how many are left out: nobody reads more, and thousands would take seconds. */
export function firstOf<T>(items: readonly T[], most = 200): { readonly shown: readonly T[]; readonly more: number } {
  return { shown: items.slice(0, most), more: Math.max(0, items.length - most) };
}

/** A moment as short as can be told apart: the time of day for today, else the date with it. Takes milliseconds or RFC 3339 text. */
export function formatTime(moment: number | string): string {
  const date = new Date(moment);
  if (Number.isNaN(date.getTime())) return String(moment);
  const isToday = date.toDateString() === new Date().toDateString();
  return isToday
    ? date.toLocaleTimeString()
    : date.toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
}

/** A moment to the millisecond, in UTC; what no date can hold, as it was given. */
export function exactTime(moment: number | string): string {
  const date = new Date(moment);
  return Number.isNaN(date.getTime()) ? String(moment) : date.toISOString();
}

/** The first and last digits of a digest or an id, enough to tell two apart at a glance. */
export function shortDigest(digest: string): string {
  return digest.length <= 16 ? digest : `${digest.slice(0, 8)}…${digest.slice(-4)}`;
}

/** Characters that show nothing and change how others are shown: controls, bidirectional ones, and what joins or is no character. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}\p{Cs}]/gu;

/** The beginning of a text: at most so many characters, none of them cut in two. */
export function beginningOf(text: string, most: number): string {
  if (text.length <= most) return text;
  const isSplit = /[\uD800-\uDBFF]/.test(text.charAt(most - 1));
  return text.slice(0, isSplit ? most - 1 : most);
}

/** Joins emoji and letters of many scripts, and lays lines out: no harm in it. */
const HARMLESS = new Set(["\n", "\t", "\u200c", "\u200d"]);

/** Stored text as it can be shown beside other text: what cannot be seen is named by its code point, as `⟨U+202E⟩`. */
export function visibleText(text: string): string {
  return text.replaceAll("\r\n", "\n").replace(UNSEEN, (character) => {
    if (HARMLESS.has(character)) return character;
    return `⟨U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}⟩`;
  });
}
