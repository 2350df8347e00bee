import { expect, test } from "vitest";
import { createMemoryRuntimeStore } from "../../src/memory/index.ts";
import type { Report } from "../crash/crash-events.ts";
import { judgeTabs, type TabViolation } from "./judge-tabs.ts";
import type { Attempt, Listed, TabEvent } from "./tab-events.ts";
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

/** All calls are so far apart that there is no doubt about their order. */
const APART_MS = 1000;

/**
 * The revisions are, in order: the killed page's turn 0; the other's turn 0, which was refused at first; the killed one's turn
 * 1, of which nobody heard; the other's turn 1. The reader reads before, and after each but the third.
 */
async function trueHistory(): Promise<History> {
  const store = createMemoryRuntimeStore();
  const said = { killed: [] as TabEvent[], page: [] as TabEvent[], reader: [] as TabEvent[] };
  let clock = 0;
  const tabNamed = async (name: keyof typeof said) => {
    const tab = new TabWork(
      () => Promise.resolve(store),
      (event) => {
        const times = "started" in event ? { started: (clock += APART_MS), ended: (clock += APART_MS) } : {};
        // As it comes from a page.
        said[name].push(JSON.parse(JSON.stringify({ ...event, ...times })) as TabEvent);
      },
    );
    await tab.perform({ job: "open", name });
    return tab;
  };
  const [killed, page, reader] = [await tabNamed("killed"), await tabNamed("page"), await tabNamed("reader")];
  const commit = { job: "commit", times: 1, expectsRevision: true } as const;
  const read = { job: "read", times: 1 } as const;
  await reader.perform(read);
  await killed.perform(commit);
  await reader.perform(read);
  await page.perform(commit);
  said.page.unshift(refusedBefore(said.page[0]));
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
  const { ended } = history.page[1] as Attempt;
  const killedAt = (started: number) => ({
    ...history,
    killed: changed(history.killed, 0, { started, ended: started }),
  });
  const [within, beyond] = [judge(killedAt(ended + 5)), judge(killedAt(ended + 6))];
  expect(kindsIn(within.violations)).not.toContain("order");
  expect(kindsIn(beyond.violations)).toContain("order");
});

/** One thing that went wrong, and what it has to be called. */
const FAULTS: Record<string, { kinds: TabViolation["kind"][]; forge: (history: History) => Partial<History> }> = {
  "a revision is not there": {
    kinds: ["gap", "lost", "read", "torn"],
    forge: ({ report }) => ({
      report: { ...report, receipts: report.receipts.filter(({ revision }) => revision !== 2) },
    }),
  },
  "a sequence was given twice": {
    kinds: ["gap", "lost", "read", "torn"],
    forge: ({ report }) => ({ report: changedReceipt(report, 3, {}, { sequence: 2 }) }),
  },
  "an acknowledged commit is not stored": {
    kinds: ["lost", "read", "torn"],
    forge: ({ report }) => ({ report: { ...report, receipts: report.receipts.slice(0, -1) } }),
  },
  "a commit is not stored as it was acknowledged": {
    kinds: ["lost", "read"],
    forge: ({ report }) => ({ report: changedReceipt(report, 1, {}, { conversation_digest: "0" }) }),
  },
  "a commit was accepted at another revision than the one expected": {
    kinds: ["lost"],
    forge: ({ page }) => ({ page: changed(page, 1, { expected: 0 }) }),
  },
  "a commit is stored twice": {
    kinds: ["duplicated", "lost", "read"],
    forge: ({ report }) => ({ report: changedReceipt(report, 3, { operation_id: "page: 0" }) }),
  },
  "a commit was acknowledged twice": {
    kinds: ["duplicated"],
    forge: ({ page }) => ({ page: [...page.slice(0, 2), ...page.slice(1)] }),
  },
  "a refused commit is stored": {
    kinds: ["refused"],
    forge: ({ page }) => ({ page: [...page.slice(0, -1), { ...refusedBefore(page.at(-1)), code: "timed_out" }] }),
  },
  "a commit is stored that nobody asked for": {
    kinds: ["stranger", "lost", "read"],
    forge: ({ report }) => ({ report: changedReceipt(report, 3, { operation_id: "another" }) }),
  },
  "a page's own commits are not in its order": {
    kinds: ["lost", "order", "read"],
    forge: ({ report }) => ({
      report: changedReceipt(changedReceipt(report, 1, { operation_id: "page: 1" }), 3, { operation_id: "page: 0" }),
    }),
  },
  "a commit stands before one that was acknowledged before it was asked for": {
    kinds: ["order", "read"],
    forge: ({ killed }) => ({ killed: changed(killed, 0, { started: 90_000, ended: 91_000 }) }),
  },
  "a refusal told the very revision that was expected": {
    kinds: ["read"],
    forge: ({ page }) => ({ page: changed(page, 0, { expected: 1 }) }),
  },
  "a reader saw a receipt without its body": {
    kinds: ["read"],
    forge: ({ reader }) => ({ reader: changed(reader, 3, { snapshot: undefined }) }),
  },
  "a reader saw a head with the body of the commit before": {
    kinds: ["read"],
    forge: (history) => ({ reader: changed(history.reader, 6, { snapshot: digestAt(history, 0) }) }),
  },
  "a reader saw another revision than its head's": {
    kinds: ["read"],
    forge: ({ reader }) => ({ reader: changed(reader, 6, { revision: 1 }) }),
  },
  "a reader saw a snapshot that was never stored": {
    kinds: ["read"],
    forge: ({ reader }) => ({ reader: changed(reader, 5, { digest: "0" }) }),
  },
  "a reader saw a gap among receipts": {
    kinds: ["read"],
    forge: ({ reader }) => ({ reader: changed(reader, 10, { receipts: (reader[10] as Listed).receipts.slice(1) }) }),
  },
  "a reader saw a receipt that was never stored": {
    kinds: ["read"],
    forge: ({ reader }) => ({
      reader: changed(reader, 10, {
        receipts: (reader[10] as Listed).receipts.map((seen) => ({ ...seen, operation_id: "another" })),
      }),
    }),
  },
  "a reader saw an earlier revision than before": {
    kinds: ["read"],
    forge: ({ reader }) => ({ reader: [...reader.slice(0, 4), ...reader.slice(0, 1), ...reader.slice(4)] }),
  },
  "a reader did not see what had been acknowledged before": {
    kinds: ["read"],
    forge: ({ reader }) => ({ reader: changed(reader, 0, { started: 8500, ended: 8600 }) }),
  },
  "a reader saw what was asked for only later": {
    kinds: ["read"],
    forge: ({ reader }) => ({ reader: changed(reader, 9, { started: 100, ended: 200 }) }),
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

/** One of them is changed. */
function changed(events: readonly TabEvent[], at: number, change: object): TabEvent[] {
  return events.map((event, index) => (index === at ? { ...event, ...change } : event));
}

function changedReceipt(report: Report, at: number, change: object, receiptChange: object = {}): Report {
  const receipts = report.receipts.map((stored, index) =>
    index === at ? { ...stored, ...change, receipt: { ...stored.receipt, ...receiptChange } } : stored,
  );
  return { ...report, receipts };
}

const digestAt = ({ report }: History, at: number) => report.receipts[at]?.receipt.conversation_digest;
