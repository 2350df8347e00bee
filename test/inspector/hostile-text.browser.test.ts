import { createMemoryRuntimeStore } from "burrow-store/memory";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type BurrowStore, newRunId } from "../../src/index.ts";
import { inputId, opsId, opsSnapshot } from "../../src/conformance/samples.ts";
import { promptInput, queuedInputState } from "../../src/records/index.ts";
import { encodeSession, newSession } from "../../src/session/index.ts";
import { everyMessage } from "./every-message.ts";
import { Mounted } from "./mounted.ts";

/** Text that would run, load, or turn the text around it, if any page took it for more than text. */
const HOSTILE = [
  `</p></style></script><script>hurt("script")</script>`,
  `<img src="x" onerror="hurt('image')"><svg onload="hurt('svg')"><iframe srcdoc="<script>parent.hurt('frame')</script>">`,
  `<a href="javascript:hurt('link')" autofocus onfocus="hurt('focus')">click</a> javascript:hurt('address')`,
  `{{hurt('template')}} \${hurt('literal')} [click](javascript:hurt('markdown'))`,
  `\u202Etxt.exe\u2066\u200F\u0000\u0007\u001B[31m\uFEFF`,
].join(" ");

const hostile = (field: string): string => `${field}: ${HOSTILE}`;
const RUNTIME = hostile("runtime");
const SHOW_ALL = `Show all ${(1_000_000).toLocaleString()} characters`;

let store: BurrowStore;
let mounted: Mounted;
const hurt = vi.fn();

beforeEach(async () => {
  Object.assign(globalThis, { hurt });
  store = createMemoryRuntimeStore();
  const prompt = queuedInputState(promptInput(hostile("prompt")));
  const history = prompt.history?.map((step) => ({ ...step, reason: hostile("reason") })) ?? [];
  const session = newSession({ metadata: { title: hostile("title"), [hostile("name")]: hostile("value") } });
  const sessionSnapshot = encodeSession({
    ...session,
    messages: [
      ...everyMessage(hostile),
      { role: "user", content: "x".repeat(1_000_000) },
      { role: "user", content: `\u202E${"\u0301".repeat(1000)}` },
    ],
  });
  await store.commitSessionBoundary(RUNTIME, {
    sessionDelta: { sessionSnapshot },
    runId: newRunId(),
    boundary: "run_start",
    contributingInputIds: [prompt.input_id, inputId(1)],
    inputUpdates: [{ ...prompt, history, idempotency_key: hostile("key") }],
    operationId: hostile("operation"),
  });
  const ops = opsSnapshot(1);
  const names = Object.entries(ops.operation_specs).map(([id, spec]) => [
    id,
    { ...spec, display_name: hostile("display name"), source_label: hostile("source") },
  ]);
  const outcome = { outcome_type: "failed", error: hostile("error") } as const;
  await store.persistOpsLifecycle(RUNTIME, {
    ...ops,
    operation_specs: Object.fromEntries(names) as typeof ops.operation_specs,
    completion_entries: [
      {
        seq: 1,
        operation_id: opsId(1),
        kind: "background_tool_op",
        display_name: hostile("completed"),
        terminal_outcome: outcome,
        completed_at_ms: 0,
      },
    ],
  });
  mounted = new Mounted(store);
});

afterEach(async () => {
  mounted.remove();
  await store.close();
});

test("stored text runs nothing, loads nothing, and turns nothing around", async () => {
  mounted.inspector.show(RUNTIME, 1);
  await mounted.sees("answer: </p>", "older tool: ", "media type: ", "operation: ", SHOW_ALL, "reason: ");
  expectHarmless();
  await mounted.click("Inputs");
  await mounted.sees("prompt: </p>");
  await mounted.press("[role=tabpanel] .row");
  expectHarmless();
  await mounted.click("Operations");
  await mounted.sees("display name: ", "completed: ");
  expectHarmless();
  await mounted.click("Sessions");
  await mounted.sees("title: </p>");
  await mounted.press("dialog .row");
  await mounted.sees("name: ");
  expectHarmless();
  await mounted.click("Close");
  await mounted.click("Storage");
  await mounted.sees("runtime: </p>");
  expectHarmless();
});

test("a line of a million characters is shown in part, whole when one asks, and breaks", async () => {
  mounted.inspector.show(RUNTIME, 1);
  await mounted.click(SHOW_ALL);
  await mounted.sees("Show less", "x".repeat(1_000_000));
  expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(innerWidth);
  await mounted.click("Show less");
  await mounted.click("Inputs");
  await mounted.sees("prompt: </p>");
});

/** Nothing that was stored has become an element, an attribute or a control character; what is shown fits the page. */
function expectHarmless(): void {
  expect(hurt).not.toHaveBeenCalled();
  expect(mounted.all("script, img, iframe, style, object, a:not([download]), [onerror], [onload], [onfocus]")).toEqual(
    [],
  );
  expect(mounted.text).not.toMatch(/[^\P{C}\n\t]/u);
  expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(innerWidth);
}
