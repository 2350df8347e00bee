import { describe, expect, it } from "vitest";
import { dateTimeToMilliseconds } from "../../src/records/index.ts";
import { type Moment, wireTime } from "../../src/records/date-time.ts";

const refusal = expect.objectContaining({ code: "invalid_input" }) as Error;

describe("a timestamp", () => {
  it.each([
    [0, "1970-01-01T00:00:00Z"],
    [1, "1970-01-01T00:00:00.001Z"],
    [100, "1970-01-01T00:00:00.100Z"],
    [-1, "1969-12-31T23:59:59.999Z"],
    [new Date("2024-01-02T03:04:05.120Z"), "2024-01-02T03:04:05.120Z"],
    [Date.UTC(12024, 0, 2), "+12024-01-02T00:00:00Z"],
    [Date.UTC(-1, 0, 2), "-0001-01-02T00:00:00Z"],
    [Date.UTC(262142, 11, 31), "+262142-12-31T00:00:00Z"],
    [" 2024-1-2 3:4:5utc ", " 2024-1-2 3:4:5utc "],
  ])("is written as the native runtime writes it: %o", (moment, text) => {
    expect(wireTime(moment)).toBe(text);
  });

  it.each([NaN, Infinity, new Date(NaN), Date.UTC(262143, 0, 1), "2024-01-02", "", null, true, {}])(
    "is refused: %o",
    (moment) => {
      expect(() => wireTime(moment as Moment)).toThrow(refusal);
    },
  );

  it.each([
    ["1970-01-01T00:00:01.5Z", 1500],
    ["1970-01-01T01:00:00+01:00", 0],
    ["1970-01-01T00:00:00.000001Z", 0],
    ["2024-01-02T11:59:59.999999999Z", Date.UTC(2024, 0, 2, 11, 59, 59, 999)],
    ["1970-01-01T00:00:60Z", 60_000],
    ["-262143-01-01T00:00:00Z", Date.UTC(-262143, 0, 1)],
  ])("tells its milliseconds: %s", (text, milliseconds) => {
    expect(dateTimeToMilliseconds(text)).toBe(milliseconds);
  });

  // Read by chrono 0.4.44 as listed; the vectors have the common forms.
  it.each([
    ["2024\u00a0-\u2003 01-02T03:04:05Z", true],
    ["\ufeff2024-01-02T03:04:05Z", false],
    ["2024-01-02T03:04:05\u0085Z", true],
    ["2024-01-02    03:04:05Z", true],
    ["2024-01-02T03:04:05+01: : 30", true],
    ["2024-01-02T03:04:05+01:60", false],
    ["2024-01-02T03:04:05 .5Z", false],
    ["2024-001-02T03:04:05Z", false],
    ["+0002024-01-02T03:04:05Z", true],
    ["2023-02-29T00:00:00Z", false],
    ["0000-02-29T00:00:00Z", true],
    ["1900-02-29T00:00:00Z", false],
    ["-262143-01-01T00:00:00+00:01", false],
    ["+262142-12-31T23:59:59-00:01", false],
    ["+99999999999999999999-01-01T00:00:00Z", false],
    ["2024-01-02T03:04:05ZZ", false],
  ])("is read by the native rules: %j", (text, isRead) => {
    if (isRead) expect(dateTimeToMilliseconds(text)).toBeTypeOf("number");
    else expect(() => dateTimeToMilliseconds(text)).toThrow(refusal);
  });

  it.each([
    ["a proxy of a Date", new Proxy(new Date(0), {})],
    ["what only inherits from Date", Object.create(Date.prototype) as Date],
    ["a revoked proxy", revoked()],
  ])("is refused for %s", (_, moment) => {
    expect(() => wireTime(moment)).toThrow(refusal);
  });
});

function revoked(): never {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy as never;
}
