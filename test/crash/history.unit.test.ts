import { expect, test } from "vitest";
import { createMemoryRuntimeStore } from "../../src/memory/index.ts";
import type { Event, Report, Said } from "./crash-events.ts";
import { reportOn } from "./crash-report.ts";
import { commitTurns } from "./crash-turns.ts";
import { judge } from "./history.ts";

/** A page that committed three turns and was killed in the fourth, one that committed two and closed; and what is stored. */
async function trueHistory(): Promise<{ killed: Said[]; closed: Said[]; report: Report }> {
  const store = createMemoryRuntimeStore();
  const said: Event[] = [];
  await commitTurns(store, { bytes: 100, times: 4 }, (event) => Promise.resolve(void said.push(event)));
  const killed = said.splice(0).slice(0, -1);
  await commitTurns(store, { bytes: 100, times: 2 }, (event) => Promise.resolve(void said.push(event)));
  const closed: Event[] = [...said, { event: "closed" }];
  const operations = [...killed, ...closed].flatMap((event) => (event.event === "asked" ? [event.operation_id] : []));
  // As it comes from a page.
  const report = JSON.parse(JSON.stringify(await reportOn(store, operations))) as Report;
  return { killed: numbered(killed), closed: numbered(closed), report };
}

const numbered = (events: readonly Event[]): Said[] =>
  events.map((event, n) => JSON.parse(JSON.stringify({ n, ...event })) as Said);

const kindsOf = (visits: readonly Said[][], report: Report) =>
  new Set(judge(visits, report).violations.map(({ kind }) => kind));

test("a true history has no violation, and counts the commit that landed without an answer", async () => {
  const { killed, closed, report } = await trueHistory();
  expect(judge([killed, closed], report)).toEqual({ acknowledged: 5, landed: 1, isWiped: false, violations: [] });
});

test("a commit that landed although nobody heard it asked for is fine behind the last word of a killed page alone", async () => {
  const { killed, closed, report } = await trueHistory();
  const cut = killed.slice(0, killed.map(({ event }) => event).lastIndexOf("asked"));
  expect(judge([cut, closed], report)).toEqual({ acknowledged: 5, landed: 1, isWiped: false, violations: [] });
  expect(kindsOf([[...cut, { n: 99, event: "closed" }], closed], report)).toEqual(new Set(["torn"]));
  const inTheMiddle = killed.filter((said) => !("revision" in said && said.event !== "opened" && said.revision === 2));
  expect(kindsOf([inTheMiddle, closed], report)).toEqual(new Set(["torn"]));
});

test("a commit that was asked for and did not land is no violation, unless a part of it did", async () => {
  const { killed, closed, report } = await trueHistory();
  const more: Said = { n: 99, event: "asked", operation_id: "another", run_id: "another", revision: 7 };
  expect(judge([killed, [...closed, more]], report)).toMatchObject({ landed: 1, violations: [] });
  const consumed = { input_id: "another", current_state: "consumed", last_run_id: "another" };
  expect(kindsOf([killed, closed], { ...report, inputs: [...report.inputs, consumed] })).toEqual(new Set(["torn"]));
});

test("a database without anything in it is wiped, once something was acknowledged", async () => {
  const { killed } = await trueHistory();
  const empty = await reportOn(createMemoryRuntimeStore(), []);
  expect(judge([killed], empty)).toEqual({ acknowledged: 3, landed: 0, isWiped: true, violations: [] });
  expect(judge([killed.slice(0, 2)], empty)).toMatchObject({ isWiped: false, violations: [] });
});

test("a store that does not open is a violation, unless it is for want of the database", () => {
  const refused = (code: string) => ({ event: "refused", error: { name: "", message: "", code } }) as const;
  expect(judge([], refused("database_unavailable")).violations.map(({ kind }) => kind)).toEqual(["unopened"]);
  expect(judge([], refused("database_rolled_back")).violations.map(({ kind }) => kind)).toEqual(["unopened"]);
  expect(judge([], refused("database_wiped"))).toMatchObject({ isWiped: true, violations: [] });
});

/** One thing that went wrong with what is stored, and what it has to be called. */
const FAULTS: Record<string, { kinds: string[]; spoil: (report: Report) => Partial<Report> }> = {
  "the last commit is gone, with all its parts": {
    kinds: ["lost", "torn"],
    spoil: ({ receipts }) => ({ receipts: receipts.slice(0, -1) }),
  },
  "an early receipt is gone": {
    kinds: ["lost", "torn"],
    spoil: ({ receipts }) => ({ receipts: receipts.filter(({ revision }) => revision !== 2) }),
  },
  "a receipt has another digest": {
    kinds: ["lost", "torn"],
    spoil: (report) => changedReceipt(report, 1, { conversation_digest: "0".repeat(64) }),
  },
  "a commit without an answer landed with another digest": {
    kinds: ["torn"],
    spoil: (report) => changedReceipt(report, 3, { conversation_digest: "0".repeat(64) }),
  },
  "a receipt is there twice": {
    kinds: ["duplicated", "torn"],
    spoil: ({ receipts }) => ({ receipts: [...receipts, ...receipts.slice(-1)] }),
  },
  "an operation was committed twice": {
    kinds: ["duplicated", "lost", "torn"],
    spoil: ({ receipts }) => ({
      receipts: receipts.map((stored) => ({ ...stored, operation_id: receipts[0]?.operation_id })),
    }),
  },
  "the head is that of an earlier commit": {
    kinds: ["torn"],
    spoil: ({ head, receipts }) => ({
      head: head && { ...head, revision: 5, conversation_digest: receipts[4]?.receipt.conversation_digest },
    }),
  },
  "there is no head": { kinds: ["torn"], spoil: () => ({ head: null }) },
  "there is no snapshot": { kinds: ["torn"], spoil: () => ({ recomputed: null }) },
  "the snapshot is that of an earlier commit": {
    kinds: ["torn"],
    spoil: ({ receipts }) => ({
      recomputed: { conversation_digest: receipts[4]?.receipt.conversation_digest ?? "", message_count: 2 },
    }),
  },
  "the catalog has no session": { kinds: ["torn"], spoil: () => ({ sessions: [] }) },
  "an input that took part is gone": {
    kinds: ["torn"],
    spoil: ({ inputs }) => ({ inputs: inputs.filter((_, index) => index !== 1) }),
  },
  "a queued input is gone": {
    kinds: ["lost", "torn"],
    spoil: ({ inputs }) => ({ inputs: inputs.slice(1) }),
  },
  "an input that took part still waits": {
    kinds: ["torn"],
    spoil: ({ inputs }) => ({
      inputs: inputs.map((input, index) => (index === 2 ? { ...input, current_state: "queued" } : input)),
    }),
  },
  "an operation is found under another receipt": {
    kinds: ["torn"],
    spoil: ({ found }) => ({ found: found.map((of) => ({ ...of, stored: found[0]?.stored ?? null })) }),
  },
  "an operation is not found": {
    kinds: ["torn"],
    spoil: ({ found }) => ({ found: found.map((of) => ({ ...of, stored: null })) }),
  },
  "a verification finds something": {
    kinds: ["torn"],
    spoil: () => ({
      findings: [{ code: "damaged_row", severity: "error", message: "", row: { table: "runtime_heads", key: [] } }],
    }),
  },
  "a dump contradicts itself": { kinds: ["torn"], spoil: () => ({ contradictions: ["one is not the other"] }) },
};

test.each(Object.entries(FAULTS))("it is a violation that %s", async (_, { kinds, spoil }) => {
  const { killed, closed, report } = await trueHistory();
  expect(kindsOf([killed, closed], { ...report, ...spoil(report) })).toEqual(new Set(kinds));
});

function changedReceipt({ receipts }: Report, index: number, change: object): Partial<Report> {
  return {
    receipts: receipts.map((stored, at) =>
      at === index ? { ...stored, receipt: { ...stored.receipt, ...change } } : stored,
    ),
  };
}
