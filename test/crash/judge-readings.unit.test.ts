import { expect, test } from "vitest";
import { createMemoryRuntimeStore } from "../../src/memory/index.ts";
import type { VerifyFinding } from "../../src/index.ts";
import type { Everything } from "./crash-events.ts";
import { CHAPTERS, WRITTEN } from "./damage-history.ts";
import { type Answer, judgeReadings } from "./judge-readings.ts";
import { readAll, type Reading, verifyAll } from "./readings.ts";

const RUNTIME = "strict, 2 KB";
const OTHER = "relaxed, 2 KB";
const LIST = `${RUNTIME}: loadInputStates`;
const GONE = { runtime: RUNTIME, value: [] };
const NOTHING = { atLoad: [], byVerify: [], wrongs: [] };

/** Everything, as it comes from a page that read what nobody damaged. */
async function wholeTruth(): Promise<Everything> {
  const store = createMemoryRuntimeStore();
  for (const chapter of CHAPTERS) await chapter.write(store);
  const readings = await readAll(store, WRITTEN);
  const verifications = await verifyAll(store, WRITTEN);
  return JSON.parse(
    JSON.stringify({ event: "everything", readings, verifications, notes: { before: {}, after: {} } }),
  ) as Everything;
}

const truth = await wholeTruth();

const withReadings = (changed: Record<string, Reading>): Everything => ({
  ...truth,
  readings: { ...truth.readings, ...changed },
});

const withFinding = (answer: Everything, runtime: string, finding: Partial<VerifyFinding>): Everything => {
  const found = { code: "damaged_row", severity: "error", ...finding };
  const verifications = { ...answer.verifications, [`${runtime}: verifyRuntime`]: { runtime, value: [found] } };
  return { ...answer, verifications };
};

const silentIn = (answer: Answer) => judgeReadings(truth, answer).wrongs.map(({ kind, reading }) => [kind, reading]);

test("of the history most is there, and all of it is sound", () => {
  const values = Object.values(truth.readings).map(({ value }) => value);
  expect(values.filter((value) => value === null || value === false).length).toBeLessThan(values.length / 4);
  const all = [...Object.values(truth.readings), ...Object.values(truth.verifications)];
  expect(all.filter(({ error }) => error)).toEqual([]);
  const found = Object.values(truth.verifications).flatMap(({ value }) => value as VerifyFinding[]);
  expect(new Set(found.map(({ severity }) => severity))).toEqual(new Set(["notice"]));
});

test("the truth is right", () => {
  expect(judgeReadings(truth, truth)).toEqual(NOTHING);
});

test("a refused opening tells its code; one without is a wrong", () => {
  const refused = { event: "refused", error: { name: "", message: "", code: "database_wiped" } } as const;
  expect(judgeReadings(truth, refused)).toEqual({ ...NOTHING, atOpen: "database_wiped" });
  const untyped = { event: "refused", error: { name: "TypeError", message: "" } } as const;
  expect(silentIn(untyped)).toEqual([["untyped", "opening"]]);
});

test("a page that gives no answer is a wrong", () => {
  expect(silentIn({ event: "nothing", why: "it hung" })).toEqual([["unanswered", "the page"]]);
});

test("an error tells at load, if it is the store's", () => {
  const error = { name: "RuntimeStoreError", message: "", code: "corrupt_record" };
  const answer = withReadings({ [LIST]: { runtime: RUNTIME, error } });
  expect(judgeReadings(truth, answer)).toEqual({ ...NOTHING, atLoad: ["corrupt_record"] });
  const untyped = withReadings({ [LIST]: { runtime: RUNTIME, error: { name: "TypeError", message: "" } } });
  expect(silentIn(untyped)).toEqual([["untyped", LIST]]);
  const verification = { runtime: RUNTIME, error: { name: "TypeError", message: "" } };
  const failed = { ...truth, verifications: { ...truth.verifications, [`${RUNTIME}: verifyRuntime`]: verification } };
  expect(silentIn(failed)).toEqual([["untyped", `${RUNTIME}: verifyRuntime`]]);
});

test.each([
  ["gone", GONE],
  ["other", { runtime: RUNTIME, value: ["other"] }],
  ["not read at all", {}],
])("a value that is %s is a wrong, unless its runtime's verification tells", (_, reading) => {
  const answer = withReadings({ [LIST]: reading });
  expect(silentIn(answer)).toEqual([["silent", LIST]]);
  expect(judgeReadings(truth, withFinding(answer, RUNTIME, {}))).toEqual({ ...NOTHING, byVerify: [LIST] });
  expect(silentIn(withFinding(answer, OTHER, {}))).toEqual([["silent", LIST]]);
  expect(silentIn(withFinding(answer, RUNTIME, { severity: "notice" }))).toEqual([["silent", LIST]]);
  expect(silentIn(withFinding(answer, RUNTIME, { code: "orphaned_body" }))).toEqual([["silent", LIST]]);
});

test("what was not there and is read is a wrong", () => {
  const absent = Object.entries(truth.readings).filter(([, { value }]) => value === null);
  for (const [name, reading] of absent) {
    expect(silentIn(withReadings({ [name]: { ...reading, value: "back again" } }))).toEqual([["silent", name]]);
  }
});

test("what is of no runtime is told by any verification", () => {
  const answer = withReadings({ "sessions.list": { value: [] } });
  expect(silentIn(answer)).toEqual([["silent", "sessions.list"]]);
  expect(judgeReadings(truth, withFinding(answer, OTHER, {}))).toEqual({ ...NOTHING, byVerify: ["sessions.list"] });
});

test("a verification that fails tells of all that it should have verified", () => {
  const error = { name: "RuntimeStoreError", message: "", code: "database_unavailable" };
  const verification = { runtime: RUNTIME, error };
  const answer = withReadings({ [LIST]: GONE });
  const verifications = { ...truth.verifications, [`${RUNTIME}: verifyRuntime`]: verification };
  expect(judgeReadings(truth, { ...answer, verifications })).toEqual({ ...NOTHING, byVerify: [LIST] });
});
