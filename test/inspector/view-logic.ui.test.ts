import { createMemoryRuntimeStore } from "burrow-store/memory";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { VerifyFinding } from "../../src/contract/index.ts";
import { inputState } from "../../src/conformance/samples.ts";
import type { InputState } from "../../src/records/index.ts";
import { archiveName, importable } from "../../src/inspector/archive-dialogs.tsx";
import { formatBytes, shortDigest, visibleText } from "../../src/inspector/formats.ts";
import { trackOf, wordsOf } from "../../src/inspector/inputs-view.tsx";
import { readReceipts } from "../../src/inspector/receipt-log.ts";
import { plotPoints } from "../../src/inspector/size-plot.tsx";
import { summaryOf, verifyRuntimes } from "../../src/inspector/verify-dialog.tsx";
import { rowByKey, visibleRows } from "../../src/inspector/windowed-list.tsx";
import { converse } from "./conversations.ts";
import { Mounted } from "./mounted.ts";

describe("a windowed list", () => {
  test("has the rows that can be seen and a few beyond, and none that are not there", () => {
    expect(visibleRows({ scrollTop: 0, height: 300 }, 50, 10_000)).toEqual({ first: 0, end: 14 });
    expect(visibleRows({ scrollTop: 5000, height: 300 }, 50, 10_000)).toEqual({ first: 92, end: 114 });
    expect(visibleRows({ scrollTop: 499_700, height: 300 }, 50, 10_000)).toEqual({ first: 9986, end: 10_000 });
    expect(visibleRows({ scrollTop: 5000, height: 300 }, 50, 3)).toEqual({ first: 3, end: 3 });
    expect(visibleRows({ scrollTop: 0, height: 300 }, 50, 0)).toEqual({ first: 0, end: 0 });
  });

  test.each([
    ["ArrowDown", 5, 6],
    ["ArrowDown", 9, 9],
    ["ArrowUp", 0, 0],
    ["PageDown", 5, 8],
    ["PageUp", 1, 0],
    ["Home", 5, 0],
    ["End", 5, 9],
    ["a", 5, undefined],
    ["toString", 5, undefined],
  ])("goes by %s from row %i to %s of 10", (key, row, next) => {
    expect(rowByKey(key, row, 10, 3)).toBe(next);
  });

  test("goes nowhere when it is empty", () => {
    expect(rowByKey("End", 0, 0, 3)).toBeUndefined();
  });
});

describe("stored text", () => {
  test("shows what cannot be seen by its code point", () => {
    expect(visibleText("a\u202Eb\u0000\u2066\uFEFF\u{E0041}")).toBe("a⟨U+202E⟩b⟨U+0000⟩⟨U+2066⟩⟨U+FEFF⟩⟨U+E0041⟩");
    expect(visibleText("\uD800")).toBe("⟨U+D800⟩");
  });

  test("stays as it is in every script, with its emoji and lines", () => {
    const text = "Grüße\n\tשלום नमस्ते क्‍ष می‌خواهم 👩‍👩‍👧 日本";
    expect(visibleText(text)).toBe(text);
  });

  test("is shortened where it is a digest, and counted where it is bytes", () => {
    expect(shortDigest("0123456789abcdef0123")).toBe("01234567…0123");
    expect(shortDigest("short")).toBe("short");
    expect([999, 1000, 12_345, 10_000_000, 3e9].map(formatBytes)).toEqual([
      "999 B",
      "1.0 KB",
      "12 KB",
      "10 MB",
      "3.0 GB",
    ]);
  });
});

describe("receipts", () => {
  test("are read on from the last that is known", async () => {
    const store = createMemoryRuntimeStore();
    await converse(store, "r", ["one", "two"]);
    const listed = vi.spyOn(store, "listBoundaryReceipts");
    const first = await readReceipts(store, "r");
    expect(await readReceipts(store, "r", first)).toBe(first);
    await converse(store, "r", ["three"]);
    const next = await readReceipts(store, "r", first);
    expect(next.receipts.map(({ revision }) => revision)).toEqual([1, 2, 3]);
    expect(listed).toHaveBeenLastCalledWith("r", { afterRevision: 2, onCorrupt: "mark" });
  });

  test("are plotted in few points, of which none is above or below what was there", async () => {
    const store = createMemoryRuntimeStore();
    await converse(store, "r", ["one"]);
    const [template] = await store.listBoundaryReceipts("r");
    if (!template) throw new Error("nothing was committed");
    const counts = Array.from({ length: 10_000 }, (_, index) =>
      index === 5003 ? 9 ** 9 : index === 7001 ? 0 : index + 1,
    );
    const receipts = counts.map((message_count, index) => ({
      ...template,
      revision: index + 1,
      receipt: { ...template.receipt, message_count },
    }));
    const points = plotPoints(receipts);
    expect(points.length).toBeLessThanOrEqual(402);
    expect(points).toContainEqual({ revision: 5004, messages: 9 ** 9 });
    expect(points).toContainEqual({ revision: 7002, messages: 0 });
    const revisions = points.map(({ revision }) => revision);
    expect(revisions).toEqual([...revisions].sort((a, b) => a - b));
    expect(plotPoints(receipts.slice(0, 3))).toHaveLength(3);
  });
});

describe("an input", () => {
  const timestamp = "2025-01-02T03:04:05.678Z";

  test("has a track from where it was accepted to where it is", () => {
    const history: InputState["history"] = [
      { timestamp, from: "accepted", to: "queued", reason: "QueueAccepted" },
      { timestamp, from: "queued", to: "abandoned" },
    ];
    const states = (members: Parameters<typeof inputState>[1]): string[] =>
      trackOf(inputState(1, members)).map(({ to }) => to);
    expect(states({ history, current_state: "abandoned" })).toEqual(["accepted", "queued", "abandoned"]);
    expect(states({ history, current_state: "consumed" })).toEqual(["accepted", "queued", "abandoned", "consumed"]);
    expect(states({ current_state: "queued" })).toEqual(["queued"]);
  });

  test("has words, whatever kind it is", () => {
    expect(wordsOf(undefined)).toContain("not stored");
    const header = { id: "", timestamp, source: { type: "system" }, durability: "durable", visibility: {} } as never;
    expect(wordsOf({ input_type: "prompt", header, text: "Hello" })).toBe("Hello");
    expect(wordsOf({ input_type: "continuation", header, reason: "more", handling_mode: "queue" })).toBe("more");
  });
});

describe("reports", () => {
  const finding = (severity: "error" | "notice", key: string): VerifyFinding => ({
    code: severity === "error" ? "damaged_row" : "sequence_gap",
    severity,
    message: `something about ${key}`,
    row: { table: "runtime_heads", key: [key] },
  });

  test("have each finding once, though all runtimes have it", async () => {
    const shared = finding("error", "shared");
    const store = { verifyRuntime: (id: string) => Promise.resolve([finding("notice", id), shared]) };
    const report = await verifyRuntimes(store, ["a", "b"], () => undefined, new AbortController().signal);
    expect(report.findings).toEqual([finding("notice", "a"), shared, finding("notice", "b")]);
  });

  test("say in one sentence whether all is well", () => {
    expect(summaryOf({ verified: 2, findings: [] })).toBe("Verified 2 runtimes: what is stored is what was committed.");
    expect(summaryOf({ verified: 1, findings: [finding("notice", "a")] })).toContain("1 notice");
    expect(summaryOf({ verified: 1, findings: [finding("error", "a")] })).toContain("1 damaged");
  });

  test("tell which runtimes of an archive can be imported", () => {
    const runtimes = [
      { runtime_id: "a", outcome: "restored" },
      { runtime_id: "b", outcome: "damaged" },
      { runtime_id: "c", outcome: "conflict" },
    ] as const;
    expect(importable({ dryRun: true, runtimes, problems: [] })).toEqual({ ids: ["a", "c"], conflicts: 1 });
    expect(archiveName(new Date(0))).toBe("burrow-1970-01-01T000000.ndjson");
  });
});

describe("the inspector", () => {
  let mounted: Mounted | undefined;
  afterEach(() => mounted?.remove());

  test("reads no snapshot before a receipt is opened", async () => {
    const store = createMemoryRuntimeStore();
    await converse(store, "talk", ["Hello"]);
    const reading = vi.spyOn(store, "loadSessionSnapshot");
    mounted = new Mounted(store);
    await mounted.sees("revision 1", "sequence 0 · 4 messages");
    expect(reading).not.toHaveBeenCalled();
    mounted.inspector.show("talk", 1);
    await mounted.sees("calls look_up");
    expect(reading).toHaveBeenCalledOnce();
  });

  test("reads at most once more for changes that come while it reads", async () => {
    const store = createMemoryRuntimeStore();
    await converse(store, "talk", ["Hello"]);
    mounted = new Mounted(store);
    await mounted.sees("revision 1");
    const listing = vi.spyOn(store, "listRuntimes");
    await Promise.all(Array.from({ length: 50 }, () => store.persistRuntimeState("talk", "idle")));
    await mounted.sees("idle");
    expect(listing.mock.calls.length).toBeLessThan(10);
  });

  test("shows a store that fails, and goes on when it works again", async () => {
    const store = createMemoryRuntimeStore();
    await converse(store, "talk", ["Hello"]);
    const listing = vi.spyOn(store, "listRuntimes").mockRejectedValueOnce(new Error("the disk is asleep"));
    mounted = new Mounted(store);
    await mounted.sees("unexpected error", "the disk is asleep");
    await mounted.click("Try again");
    await mounted.sees("talk");
    await mounted.seesNot("asleep");
    expect(listing).toHaveBeenCalledTimes(2);
  });
});
