import { expect, test } from "vitest";
import { asInputId, asOperationId, asRunId, asSessionId, newInputId, newRunId, newSessionId } from "../../src/index.ts";

const V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

test("new ids are UUIDs of version 7", () => {
  for (const make of [newRunId, newInputId, newSessionId]) expect(make()).toMatch(V7);
});

test("new ids sort in the order in which they were made, also many in one millisecond", () => {
  const ids = Array.from({ length: 20_000 }, newInputId);
  expect([...ids].sort()).toEqual(ids);
  expect(new Set(ids).size).toBe(ids.length);
});

test("a new id begins with the time", () => {
  const milliseconds = parseInt(newRunId().replace("-", "").slice(0, 12), 16);
  expect(Math.abs(milliseconds - Date.now())).toBeLessThan(60_000);
});

const ID = "01890a5d-ac96-774b-bcce-b302099a8057";

test.each([
  ID,
  ID.toUpperCase(),
  ID.replaceAll("-", ""),
  `{${ID}}`,
  `urn:uuid:${ID}`,
  "00000000-0000-0000-0000-000000000000",
])("%s is read as a UUID", (text) => {
  const canonical = text.startsWith("0000") ? text : ID;
  for (const read of [asRunId, asInputId, asSessionId, asOperationId]) expect(read(text)).toBe(canonical);
});

test.each([
  "",
  "x",
  ` ${ID}`,
  `{${ID.replaceAll("-", "")}}`,
  `URN:UUID:${ID}`,
  `urn:uuid:${ID.replaceAll("-", "")}`,
  `${ID}0`,
  `{${ID}`,
  ID.replace("-", ""),
])("%j is refused", (text) => {
  expect(() => asRunId(text)).toThrow(expect.objectContaining({ code: "invalid_input" }) as Error);
});

test.each([undefined, null, 1, 1n, {}, [ID], Symbol("id")])("what is not text is refused", (value) => {
  expect(() => asRunId(value as string)).toThrow(expect.objectContaining({ code: "invalid_input" }) as Error);
});
