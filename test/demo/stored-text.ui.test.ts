import { expect, test } from "vitest";
import { failureNotice } from "../../demo/failure.ts";
import { newRunId, RuntimeStoreError } from "../../src/index.ts";
import { visibleText } from "../../src/inspector/formats.ts";
import { promptInput, queuedInputState } from "../../src/records/index.ts";
import { encodeSession, newSession } from "../../src/session/index.ts";
import { eventually } from "../eventually.ts";
import { everyMessage } from "../inspector/every-message.ts";
import { openDemo, storeWithoutSample } from "./demo-page.ts";
import { PacedThinking } from "./paced-thinking.ts";

/** Markup that says which field it stands in, would be an element of its own if it were ever parsed, and would turn text around. */
const markup = (field: string): string => `</p><x-stored>${field}</x-stored><img src=x onerror="alert(1)">\u202e`;

const shownAs = (field: string): string => visibleText(markup(field));

const RUNTIME = markup("runtime id");

test("markup in any stored text shows as the text that it is", async () => {
  const store = await storeWithoutSample();
  const pending = queuedInputState(promptInput(markup("pending prompt")));
  const contributor = queuedInputState(promptInput(markup("input text")));
  const history = [{ ...contributor.history?.[0], reason: markup("history reason") }] as typeof contributor.history;
  const session = newSession({ metadata: { title: markup("title") } });
  const sessionSnapshot = encodeSession({ ...session, messages: everyMessage(markup) });
  await store.commitSessionBoundary(RUNTIME, {
    sessionDelta: { sessionSnapshot },
    runId: newRunId(),
    boundary: "run_start",
    contributingInputIds: [contributor.input_id],
    inputUpdates: [{ ...contributor, history, current_state: "consumed" }],
    operationId: markup("operation"),
  });
  await store.persistInputState(RUNTIME, pending);

  const { page } = openDemo(store, new PacedThinking().think);
  await eventually(() => {
    expect(page.texts(".recovery")).toHaveLength(1);
  });

  const shown = page.root.textContent;
  const fields = [
    ...["title", "system", "notice", "user", "block", "media type", "answer", "reasoning", "tool name", "result"],
    ...["older answer", "older tool", "pending prompt"],
  ];
  for (const field of fields) expect(shown).toContain(shownAs(field));
  expect(shown).toContain(visibleText(JSON.stringify({ [markup("argument name")]: markup("argument") })));
  expect(shown).not.toContain("\u202e");
  expect(page.all("x-stored, img, script")).toEqual([]);
  expect(page.one(".standing a").getAttribute("href")).toBe(`#${encodeURIComponent(RUNTIME)}`);
});

test("markup in an error shows as the text that it is", () => {
  const notice = failureNotice(new RuntimeStoreError("corrupt_record", markup("error")));
  expect(notice.textContent).toContain(shownAs("error"));
  expect(notice.querySelector("x-stored, img")).toBeNull();
});
