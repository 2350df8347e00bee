import { RuntimeStoreError } from "../core/errors.ts";
import { within } from "../core/within.ts";

/** What a parser makes of the text of an argument. The parsers read bytes too, which the wire does not take. */
export function parseText<T>(parse: (text: string) => T, given: unknown, path: string): T {
  if (typeof given === "string") return within(path, () => parse(given));
  throw new RuntimeStoreError("invalid_input", `${path} must be JSON text`, { path });
}

/** What a parser makes of each text of a list. */
export function parseTexts<T>(parse: (text: string) => T, given: unknown, path: string): T[] {
  if (!Array.isArray(given)) throw new RuntimeStoreError("invalid_input", `${path} must be an array`, { path });
  return Array.from<unknown, T>(given, (text, index) => parseText(parse, text, `${path}[${index}]`));
}

/** The text of each record of a list; what has none is named by its index. */
export const textsOf = <T>(format: (record: T) => string, records: readonly T[]): string[] =>
  records.map((record, index) => within(`[${index}]`, () => format(record)));

/** The text of a record, where there is one. */
export const textOrNull = <T>(format: (record: T) => string, record: T | undefined): string | null =>
  record === undefined ? null : format(record);
