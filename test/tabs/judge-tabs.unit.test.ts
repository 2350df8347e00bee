import { afterEach, expect, test, vi } from "vitest";
import { createMemoryRuntimeStore } from "../../src/memory/index.ts";
import type { Report } from "../crash/crash-events.ts";
import { judgeTabs, type TabViolation } from "./judge-tabs.ts";
import type { Attempt, Heard, Listed, TabEvent } from "./tab-events.ts";
import { TabWork } from "./tab-work.ts";

/** What two pages said, one of which was killed, and a reader; and what is stored. */
interface History {
  readonly killed: readonly TabEvent[];
  readonly page: readonly TabEvent[];
  readonly reader: readonly TabEvent[];
  readonly report: Report;
  /** What the killed page would have said last. */
  readonly unheard: Attempt;
}

/** Each look at the clock is so much later than the one before: there is no doubt about any order. */
const APART_MS = 1000;
const BEGIN_MS = 1_000_000;

afterEach(() => vi.restoreAllMocks());

/**
 * The revisions are, in order: the killed page's turn 0; the other's turn 0, which was refused at first; the killed one's turn
 * 1, of which nobody heard; the other's turn 1. The reader reads before, and after each but the third.
 */
async function trueHistory(): Promise<History> {
  const store = createMemoryRuntimeStore();
  const said = { killed: [] as TabEvent[], page: [] as TabEvent[], reader: [] as TabEvent[] };
  let clock = BEGIN_MS;
  vi.spyOn(Date, "now").mockImplementation(() => (clock += APART_MS));
  const tabNamed = async (name: keyof typeof said) => {
    const tab = new TabWork(
      () => Promise.resolve(store),
      // As it comes from a page.
      (event) => said[name].push(JSON.parse(JSON.stringify(event)) as TabEvent),
    );
    await tab.perform({ job: "open", name, database: "" });
    return tab;
  };
  const [killed, page, reader] = [await tabNamed("killed"), await tabNamed("page"), await tabNamed("reader")];
  const commit = { job: "commit", times: 1, expectsRevision: true } as const;
  const read = { job: "read", times: 1 } as const;
  await reader.perform(read);
  await killed.perform(commit);
  await reader.perform(read);
  await page.perform(commit);
  said.page.unshift(refusedBefore(said.page.at(-1)));
  await reader.perform(read);
  await killed.perform(commit);
  const unheard = said.killed.pop() as Attempt;
  await page.perform(commit);
  await reader.perform(read);
  await reader.perform({ job: "report" });
  return { ...said, report: said.reader.pop() as Report, unheard };
}

/** The attempt right before, which saw an earlier revision. */
function refusedBefore(said: TabEvent | undefined): Attempt {
  const { sequence = 0, ...attempt } = said as Attempt;
  const times = { started: attempt.started - 2, ended: attempt.started - 1 };
  return { ...attempt, ...times, expected: sequence - 1, code: "revision_conflict", head: sequence };
}

const judge = ({ killed, page, reader, report }: History, isKilled = true) =>
  judgeTabs(
    [
      { name: "killed", isKilled, events: killed },
      { name: "page", isKilled: false, events: page },
      { name: "reader", isKilled: false, events: reader },
    ],
    report,
  );

const kindsIn = (violations: readonly TabViolation[]) => new Set(violations.map(({ kind }) => kind));

test("a true history has no violation, and counts what landed unheard and what was refused", async () => {
  expect(judge(await trueHistory())).toEqual({
    acknowledged: 3,
    landed: 1,
    refused: 1,
    observations: 16,
    hints: 12,
    violations: [],
  });
});

test("a commit that landed unheard is one of a killed page alone, and its last", async () => {
  const history = await trueHistory();
  expect(kindsIn(judge(history, false).violations)).toEqual(new Set(["stranger"]));
  // Refused as far as was heard, and then tried again.
  const killed = [...history.killed, refusedBefore(history.unheard)];
  expect(judge({ ...history, killed }).violations).toEqual([]);
  const next = { ...refusedBefore(history.unheard), operation_id: "killed: 2" };
  expect(kindsIn(judge({ ...history, killed: [...killed, next] }).violations)).toEqual(new Set(["refused"]));
});

test("what was asked for within the clock's margin of an answer may be before it or behind it", async () => {
  const history = await trueHistory();
  const { ended } = attemptOf(history.page, 1);
  const killedAt = (started: number) => ({
    ...history,
    killed: changed(history.killed, "attempt", 0, { started, ended: started }),
  });
  const [within, beyond] = [judge(killedAt(ended + 5)), judge(killedAt(ended + 6))];
  expect(kindsIn(within.violations)).not.toContain("order");
  expect(kindsIn(beyond.violations)).toContain("order");
});

/** One thing that went wrong, and what it has to be called. */
const FAULTS: Record<string, { kinds: TabViolation["kind"][]; forge: (history: History) => Partial<History> }> = {
  "a revision is not there": {
    kinds: ["gap", "lost", "read", "hint", "torn"],
    forge: ({ report }) => ({
      report: { ...report, receipts: report.receipts.filter(({ revision }) => revision !== 2) },
    }),
  },
  "a sequence was given twice": {
    kinds: ["gap", "lost", "read", "torn"],
    forge: ({ report }) => ({ report: changedReceipt(report, 3, {}, { sequence: 2 }) }),
  },
  "an acknowledged commit is not stored": {
    kinds: ["lost", "read", "hint", "torn"],
    forge: ({ report }) => ({ report: { ...report, receipts: report.receipts.slice(0, -1) } }),
  },
  "a commit is not stored as it was acknowledged": {
    kinds: ["lost", "read"],
    forge: ({ report }) => ({ report: changedReceipt(report, 1, {}, { conversation_digest: "0" }) }),
  },
  "a commit was accepted at another revision than the one expected": {
    kinds: ["lost"],
    forge: ({ page }) => ({ page: changed(page, "attempt", 1, { expected: 0 }) }),
  },
  "a commit is stored twice": {
    kinds: ["duplicated", "lost", "read"],
    forge: ({ report }) => ({ report: changedReceipt(report, 3, { operation_id: "page: 0" }) }),
  },
  "a commit was acknowledged twice": {
    kinds: ["duplicated"],
    forge: ({ page }) => ({ page: [...page, ...page.slice(-1)] }),
  },
  "a refused commit is stored": {
    kinds: ["refused"],
    forge: ({ page }) => ({ page: [...page.slice(0, -1), { ...refusedBefore(page.at(-1)), code: "timed_out" }] }),
  },
  "a commit is stored that nobody asked for": {
    kinds: ["stranger", "lost", "read", "hint"],
    forge: ({ report }) => ({ report: changedReceipt(report, 3, { operation_id: "another" }) }),
  },
  "a page's own commits are not in its order": {
    kinds: ["lost", "order", "read", "hint"],
    forge: ({ report }) => ({
      report: changedReceipt(changedReceipt(report, 1, { operation_id: "page: 1" }), 3, { operation_id: "page: 0" }),
    }),
  },
  "a commit stands before one that was acknowledged before it was asked for": {
    kinds: ["order", "read", "hint"],
    forge: ({ killed, unheard: { started, ended } }) => ({ killed: changed(killed, "attempt", 0, { started, ended }) }),
  },
  "a refusal told the very revision that was expected": {
    kinds: ["read"],
    forge: ({ page }) => ({ page: changed(page, "attempt", 0, { expected: 1 }) }),
  },
  "a reader saw a receipt without its body": {
    kinds: ["read"],
    forge: ({ reader }) => ({ reader: changed(reader, "loaded", 1, { snapshot: undefined }) }),
  },
  "a reader saw a head with the body of the commit before": {
    kinds: ["read"],
    forge: (history) => ({ reader: changed(history.reader, "loaded", 2, { snapshot: digestAt(history, 0) }) }),
  },
  "a reader saw another revision than its head's": {
    kinds: ["read"],
    forge: ({ reader }) => ({ reader: changed(reader, "loaded", 2, { revision: 1 }) }),
  },
  "a reader saw a snapshot that was never stored": {
    kinds: ["read"],
    forge: ({ reader }) => ({ reader: changed(reader, "loaded snapshot", 1, { digest: "0" }) }),
  },
  "a reader saw a gap among receipts": {
    kinds: ["read"],
    forge: ({ reader }) => ({ reader: changed(reader, "listed", 3, { receipts: lastListed(reader).slice(1) }) }),
  },
  "a reader saw a receipt that was never stored": {
    kinds: ["read"],
    forge: ({ reader }) => {
      const receipts = lastListed(reader).map((seen) => ({ ...seen, operation_id: "another" }));
      return { reader: changed(reader, "listed", 3, { receipts }) };
    },
  },
  "a reader saw an earlier revision than before": {
    kinds: ["read"],
    forge: ({ reader }) => ({ reader: [...reader, ...reader.slice(0, 1)] }),
  },
  "a reader did not see what had been acknowledged before": {
    kinds: ["read"],
    forge: ({ reader, killed }) => {
      const started = attemptOf(killed, 0).ended + APART_MS / 2;
      return { reader: changed(withoutHints(reader), "loaded", 0, { started, ended: started }) };
    },
  },
  "a reader did not see what it had been told of": {
    kinds: ["read"],
    forge: ({ reader }) => {
      const hint = reader.find(({ event }) => event === "heard") as Heard;
      return { reader: changed(reader, "loaded", 0, { started: hint.at + 1, ended: hint.at + 1 }) };
    },
  },
  "a reader saw what was asked for only later": {
    kinds: ["read"],
    forge: ({ reader }) => ({ reader: changed(reader, "loaded", 3, { started: BEGIN_MS, ended: BEGIN_MS }) }),
  },
  "a boundary was told of twice": {
    kinds: ["hint"],
    forge: ({ reader }) => ({ reader: [...reader, ...reader.filter(({ event }) => event === "heard").slice(-1)] }),
  },
  "a boundary was told of that was never stored": {
    kinds: ["hint"],
    forge: ({ reader }) => {
      const hint = reader.filter(({ event }) => event === "heard").at(-1) as Heard;
      return { reader: [...reader, { ...hint, at: Infinity, change: { ...hint.change, revision: 5 } }] };
    },
  },
  "the head is that of an earlier commit": {
    kinds: ["torn"],
    forge: ({ report }) => ({ report: { ...report, head: report.head && { ...report.head, revision: 3 } } }),
  },
};

test.each(Object.entries(FAULTS))("it is a violation that %s", async (_, { kinds, forge }) => {
  const history = await trueHistory();
  expect(kindsIn(judge({ ...history, ...forge(history) }).violations)).toEqual(new Set(kinds));
});

/** The n-th event of a name is changed. */
function changed(events: readonly TabEvent[], name: TabEvent["event"], n: number, change: object): TabEvent[] {
  const wanted = events.filter(({ event }) => event === name)[n];
  return events.map((said) => (said === wanted ? { ...said, ...change } : said));
}

const withoutHints = (events: readonly TabEvent[]) => events.filter(({ event }) => event !== "heard");

const attemptOf = (events: readonly TabEvent[], n: number) =>
  events.filter(({ event }) => event === "attempt")[n] as Attempt;

const lastListed = (events: readonly TabEvent[]) =>
  (events.filter(({ event }) => event === "listed").at(-1) as Listed).receipts;

function changedReceipt(report: Report, at: number, change: object, receiptChange: object = {}): Report {
  const receipts = report.receipts.map((stored, index) =>
    index === at ? { ...stored, ...change, receipt: { ...stored.receipt, ...receiptChange } } : stored,
  );
  return { ...report, receipts };
}

const digestAt = ({ report }: History, at: number) => report.receipts[at]?.receipt.conversation_digest;
