import { createMemoryRuntimeStore } from "burrow-store/memory";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { VerifyFinding } from "../../src/contract/index.ts";
import { newRunId } from "../../src/index.ts";
import { appendToSession, encodeSession, newSession, userMessage } from "../../src/session/index.ts";
import { inputState } from "../../src/conformance/samples.ts";
import type { InputState } from "../../src/records/index.ts";
import { archiveName, importable } from "../../src/inspector/archive-dialogs.tsx";
import {
  beginningOf,
  exactTime,
  formatBytes,
  formatTime,
  shortDigest,
  visibleText,
} from "../../src/inspector/formats.ts";
import { trackOf, wordsOf } from "../../src/inspector/inputs-view.tsx";
import { readReceipts } from "../../src/inspector/receipt-log.ts";
import { plotPoints } from "../../src/inspector/size-plot.tsx";
import { summaryOf, verifyRuntimes } from "../../src/inspector/verify-dialog.tsx";
import { rowByKey, visibleRows } from "../../src/inspector/windowed-list.tsx";
import { eventually } from "../eventually.ts";
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
    const receipts = counts.map((byte_length, index) => ({ ...template, revision: index + 1, byte_length }));
    const points = plotPoints(receipts);
    expect(points.length).toBeLessThanOrEqual(402);
    expect(points).toContainEqual({ revision: 5004, bytes: 9 ** 9 });
    expect(points).toContainEqual({ revision: 7002, bytes: 0 });
    const revisions = points.map(({ revision }) => revision);
    expect(revisions).toEqual([...revisions].sort((a, b) => a - b));
    expect(plotPoints(receipts.slice(0, 3))).toHaveLength(3);
    expect(plotPoints([{ ...template, byte_length: undefined }])).toEqual([]);
  });
});

describe("a moment", () => {
  test("is told to the millisecond, or as it is stored where no date can hold it", () => {
    expect(exactTime("2025-01-02T03:04:05.678901Z")).toBe("2025-01-02T03:04:05.678Z");
    expect(exactTime(0)).toBe("1970-01-01T00:00:00.000Z");
    expect([exactTime(9e15), formatTime(9e15)]).toEqual(["9000000000000000", "9000000000000000"]);
  });
});

describe("the beginning of a text", () => {
  test("cuts no character in two", () => {
    expect(beginningOf("abc", 3)).toBe("abc");
    expect(beginningOf("abcd", 3)).toBe("abc");
    expect(beginningOf("ab😀d", 3)).toBe("ab");
    expect(beginningOf("ab😀d", 4)).toBe("ab😀");
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
    expect(report.findings).toEqual([shared, finding("notice", "a"), finding("notice", "b")]);
  });

  test("have the findings of all others where one runtime cannot be read", async () => {
    const error = new Error("the disk is asleep");
    const store = {
      verifyRuntime: (id: string) => (id === "b" ? Promise.reject(error) : Promise.resolve([finding("error", id)])),
    };
    const report = await verifyRuntimes(store, ["a", "b", "c"], () => undefined, new AbortController().signal);
    expect(report).toEqual({
      verified: 2,
      findings: [finding("error", "a"), finding("error", "c")],
      failures: [{ runtimeId: "b", error }],
    });
    expect(summaryOf(report)).toBe("Verified 2 runtimes: 2 errors; 1 runtime could not be read.");
  });

  test("end with the signal's reason when they are aborted", async () => {
    const ending = new AbortController();
    const reason = new Error("enough");
    const verifyRuntime = (): Promise<VerifyFinding[]> => {
      ending.abort(reason);
      return Promise.reject(reason);
    };
    await expect(verifyRuntimes({ verifyRuntime }, ["a"], () => undefined, ending.signal)).rejects.toBe(reason);
  });

  test("say in one sentence whether all is well", () => {
    const report = { verified: 2, findings: [], failures: [] };
    expect(summaryOf(report)).toBe("Verified 2 runtimes: what is stored is what was committed.");
    const noticed = { ...report, findings: [finding("notice", "a")] };
    expect(summaryOf(noticed)).toBe("Verified 2 runtimes: what is stored is what was committed; 1 notice.");
    const damaged = { ...report, findings: [finding("error", "a"), finding("error", "b")] };
    expect(summaryOf(damaged)).toBe("Verified 2 runtimes: 2 errors.");
  });

  test("tell which runtimes of an archive can be imported", () => {
    const runtimes = [
      { runtime_id: "a", outcome: "restored" },
      { runtime_id: "b", outcome: "damaged" },
      { runtime_id: "c", outcome: "conflict" },
    ] as const;
    expect(importable({ dryRun: true, runtimes, problems: [] })).toEqual({ free: ["a"], conflicts: ["c"] });
    expect(archiveName(new Date(0))).toBe("burrow-1970-01-01T000000.ndjson");
  });
});

describe("the inspector", () => {
  let mounted: Mounted | undefined;
  afterEach(() => {
    vi.restoreAllMocks();
    mounted?.remove();
  });

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

  test("reads few times for many changes that come while it reads", async () => {
    const store = createMemoryRuntimeStore();
    await converse(store, "talk", ["Hello"]);
    mounted = new Mounted(store);
    await mounted.sees("revision 1");
    const listing = vi.spyOn(store, "listRuntimes");
    await Promise.all(Array.from({ length: 50 }, () => store.persistRuntimeState("talk", "idle")));
    await mounted.sees("idle");
    expect(listing.mock.calls.length).toBeLessThan(10);
  });

  test("reads the session once for all its receipts, and again when a boundary was committed", async () => {
    const store = createMemoryRuntimeStore();
    await converse(store, "talk", ["Hello", "Again"]);
    const reading = vi.spyOn(store, "loadSessionSnapshot");
    mounted = new Mounted(store);
    mounted.inspector.show("talk", 1);
    await mounted.sees("calls look_up");
    for (const state of ["running", "idle", "running"] as const) await store.persistRuntimeState("talk", state);
    mounted.inspector.show("talk", 2);
    await mounted.sees("Receipt of revision 2", "The first 8 messages", "Again");
    expect(reading).toHaveBeenCalledOnce();
    await converse(store, "talk", ["More"]);
    await mounted.sees("Show 4 later messages too");
    await mounted.click("Show 4 later messages too");
    await mounted.sees("Only what this receipt is about", "More");
    document.dispatchEvent(new Event("visibilitychange"));
    await eventually(() => expect(reading).toHaveBeenCalledTimes(3));
    await mounted.sees("Only what this receipt is about", "More");
  });

  test("keeps the runtime that is looked at, whatever others come and go", async () => {
    const store = createMemoryRuntimeStore();
    await converse(store, "m", ["Hello"]);
    mounted = new Mounted(store);
    await mounted.sees("m", "sequence 0");
    await mounted.click("Inputs");
    await converse(store, "a", ["Before it"]);
    await mounted.sees("Runtimes 2");
    expect(mounted.one("#runtime-title").textContent).toBe("m");
    expect(mounted.one("[role=tab][aria-selected=true]").textContent).toBe("Inputs");
    await store.deleteRuntime("m");
    await mounted.sees("m is not here", "Runtimes 1");
    expect(mounted.all("#runtime-title")).toEqual([]);
  });

  test("says of what is asked for and is not there that it is not", async () => {
    const store = createMemoryRuntimeStore();
    await converse(store, "talk", ["Hello"]);
    mounted = new Mounted(store);
    mounted.inspector.show("nobody", 1);
    await mounted.sees("nobody is not here");
    await converse(store, "nobody", ["Hello"]);
    await mounted.sees("Receipt of revision 1");
    mounted.inspector.show("talk", 99);
    await mounted.sees("This runtime has no receipt of revision 99.");
  });

  test("says so when the session does not begin with what a receipt proves, or is shorter", async () => {
    const store = createMemoryRuntimeStore();
    await converse(store, "talk", ["Hello"]);
    const sessionSnapshot = appendToSession(encodeSession(newSession()), [userMessage("other words")]);
    const rest = { boundary: "immediate", contributingInputIds: [], inputUpdates: [] } as const;
    await store.commitSessionBoundary("talk", { sessionDelta: { sessionSnapshot }, runId: newRunId(), ...rest });
    mounted = new Mounted(store);
    mounted.inspector.show("talk", 1);
    await mounted.sees("other words", "it was cut back or replaced since");
    await mounted.click("Recompute the digest");
    await mounted.sees("not confirmed");
  });

  test("asks for no proof of a receipt that has no digest", async () => {
    const store = createMemoryRuntimeStore();
    await converse(store, "talk", ["Hello"]);
    const receipt = { run_id: newRunId(), contributing_input_ids: [], message_count: 0, sequence: 0 };
    await store.atomicApply("talk", { receipt: { ...receipt, boundary: "immediate" }, inputUpdates: [] });
    mounted = new Mounted(store);
    mounted.inspector.show("talk", 2);
    await mounted.sees("so it proves no conversation");
    expect(mounted.text).not.toContain("Recompute");
  });

  test("shows moments that no date can hold as they are stored", async () => {
    const store = createMemoryRuntimeStore();
    const session = new TextDecoder().decode(encodeSession(newSession({ metadata: { title: "From far away" } })));
    await store.sessions.save(
      new TextEncoder().encode(session.replace(/"secs_since_epoch":\d+/g, '"secs_since_epoch":9000000000000')),
    );
    mounted = new Mounted(store);
    await mounted.click("Sessions");
    await mounted.sees("From far away", "9000000000000");
  });

  test("shows what it cannot draw as a failure, and everything else", async () => {
    const store = createMemoryRuntimeStore();
    await converse(store, "talk", ["Hello"]);
    vi.spyOn(store, "loadOpsLifecycle").mockResolvedValue({ authority_state: undefined } as never);
    mounted = new Mounted(store);
    await mounted.sees("sequence 0");
    await mounted.click("Operations");
    await mounted.sees("unexpected error", "Try again");
    await mounted.click("Inputs");
    await mounted.sees("consumed");
  });

  test("keeps what it has read where reading again fails, and says so", async () => {
    const store = createMemoryRuntimeStore();
    await converse(store, "talk", ["Hello"]);
    mounted = new Mounted(store);
    await mounted.sees("sequence 0");
    vi.spyOn(store, "listBoundaryReceipts").mockRejectedValueOnce(new Error("the disk is asleep"));
    await converse(store, "talk", ["More"]);
    await mounted.sees("the disk is asleep", "sequence 0");
    await mounted.click("Try again");
    await mounted.seesNot("asleep");
    await mounted.sees("8 messages · 1 input");
  });

  test("sees what it was not told when the reader comes back", async () => {
    const store = createMemoryRuntimeStore();
    await converse(store, "talk", ["One", "Two"]);
    vi.spyOn(store, "subscribe").mockReturnValue(() => undefined);
    mounted = new Mounted(store);
    await mounted.sees("revision 2", "8 messages · 1 input");
    await store.deleteRuntime("talk");
    await converse(store, "talk", ["Three"]);
    document.dispatchEvent(new Event("visibilitychange"));
    await mounted.seesNot("revision 2");
    await mounted.sees("revision 3", "4 messages · 1 input");
  });

  test("of a closed store says that it is closed", async () => {
    const store = createMemoryRuntimeStore();
    await store.close();
    mounted = new Mounted(store);
    await mounted.sees("database_closed", "Reload the page");
  });

  test("lets go of the store and of the page when it is unmounted, and is not shown again", async () => {
    const store = createMemoryRuntimeStore();
    await converse(store, "talk", ["Hello"]);
    const unsubscribe = vi.fn();
    const subscribe = vi.spyOn(store, "subscribe").mockReturnValue(unsubscribe);
    const [add, remove] = [vi.spyOn(document, "addEventListener"), vi.spyOn(document, "removeEventListener")];
    mounted = new Mounted(store);
    await mounted.sees("sequence 0");
    mounted.inspector.unmount();
    await eventually(() => expect(unsubscribe).toHaveBeenCalledOnce());
    const visits = ({ mock }: typeof add | typeof remove) => mock.calls.filter(([type]) => type === "visibilitychange");
    expect(visits(add)).toHaveLength(1);
    expect(visits(remove)).toContainEqual(visits(add)[0]);
    mounted.inspector.show("talk", 1);
    expect(subscribe).toHaveBeenCalledOnce();
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
