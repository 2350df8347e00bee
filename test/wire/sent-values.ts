import { RuntimeStoreError } from "../../src/core/errors.ts";
import { within } from "../../src/core/within.ts";
import { encodeRecord } from "../../src/records/index.ts";
import { checkedMembers } from "../../src/arguments/checked-arguments.ts";

// What a caller of the contract passes, as a host sends it over the wire. Whatever JSON text can hold is sent as it is, however
// wrong: to refuse it is for the wire. What it cannot hold is refused here, as `format…` refuses it.

type Format = (record: never) => string;

export const sentText = (path: string, record: unknown, format: Format): string =>
  within(path, () => {
    const { format: form, text } = encodeRecord(record);
    return form === "json" ? text : format(record as never);
  });

export const sentTexts = (path: string, records: unknown, format: Format): string[] =>
  Array.isArray(records)
    ? Array.from(records, (record, index) => sentText(`${path}[${index}]`, record, format))
    : (records as string[]);

/** Absence is `undefined` here and `null` there; the wire would take a `null` of here for absence. */
export function sentOption<T>(path: string, value: unknown): T | null {
  if (value === null) throw new RuntimeStoreError("invalid_input", `${path} is null`, { path });
  return (value as T | undefined) ?? null;
}

/** The bytes of a delta, which must be there. */
export function sentSnapshot(delta: unknown): Uint8Array {
  const { sessionSnapshot } = checkedMembers(delta, "sessionDelta", ["sessionSnapshot"]);
  const path = "sessionDelta.sessionSnapshot";
  const bytes = sentOption<Uint8Array>(path, sessionSnapshot);
  if (bytes === null) throw new RuntimeStoreError("invalid_input", `${path} is undefined`, { path });
  return bytes;
}
