import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import type { ConsoleMessage, Locator, Page } from "playwright-core";
import type { Random } from "../faults/fuzz-random.ts";
import type { BrowserKind } from "./browser-launch.ts";
import type { DemoReport, SentMessage } from "./demo-report.ts";
import { driveChromium } from "./driven-chromium.ts";
import type { PlainBrowser } from "./plain-browser.ts";

/** When to kill: after a sign, so many milliseconds at least and at most. */
export interface Moment {
  readonly name: string;
  readonly sign: "page opened" | "message sent" | "message accepted" | "tool used" | "commit begun";
  readonly atLeast: number;
  readonly atMost: number;
}

/** A kill, and what the next page found of the message whose turn the kill was meant for; nothing when it was killed too. */
export interface Kill {
  readonly moment: Moment;
  readonly text: string | undefined;
  /** Whether an earlier kill had been meant for the same turn. */
  readonly isRecovery: boolean;
  fate?: "absent" | "pending" | "begun" | "committed";
}

/** Which browser to kill, and where its page is. */
export interface KilledDemoOptions {
  readonly kind: BrowserKind;
  readonly profile: string;
  readonly demoUrl: string;
  /** Of the page of `demo-report.ts`, on the demo's origin. */
  readonly reportUrl: string;
  readonly random: Random;
}

const PROMPTS = ["What is 6 * 7?", "Roll 2d6", "How many words are these?"];
const SIGHT_LIMIT_MS = 90_000;
const ALL_IS_STORED = "Everything shown is stored.";
const BEGINS_TO_COMMIT = "the store begins to commit";

/** The demo in the browser of one profile, which is killed again and again in the course of one conversation. */
export class KilledDemo {
  readonly kills: Kill[] = [];
  readonly sent: SentMessage[] = [];
  /** Whatever was wrong with what was stored, each told once. */
  readonly violations = new Set<string>();
  readonly #options: KilledDemoOptions;
  #conversationUrl: string | undefined;
  #receipts: DemoReport["receipts"] = {};

  constructor(options: KilledDemoOptions) {
    this.#options = options;
  }

  /**
   * Starts the browser, and kills it in a turn: in one that an earlier kill has left behind, or, once none is left and what is
   * stored has been examined, in a new one.
   */
  async kill(moment: Moment): Promise<void> {
    const { random } = this.#options;
    const delay = moment.atLeast + random.below(moment.atMost - moment.atLeast);
    const choices = { mayRecover: random.once(2), hasSecond: random.once(3), prompt: random.pick(PROMPTS) };
    await this.#visit(async (page, browser) => {
      const text = await this.#waitFor(moment, page, choices);
      await sleep(delay);
      await browser.kill();
      const isRecovery = text !== undefined && this.kills.some((earlier) => earlier.text === text);
      this.kills.push({ moment, text, isRecovery });
    });
  }

  /** Lets the page run what is left, and examines what is stored; then once more, after the browser has ended in good order. */
  async end(): Promise<void> {
    await this.#visit(async (page, browser) => {
      await this.#open(page);
      await see(page, page.getByText(ALL_IS_STORED));
      await this.#examine(page);
      await browser.quit();
    });
    await this.#visit(async (page, browser) => {
      await this.#examine(page);
      await browser.quit();
    });
  }

  async #visit(work: (page: Page, browser: PlainBrowser) => Promise<void>): Promise<void> {
    const { browser, page } = await driveChromium(this.#options.kind, this.#options.profile);
    try {
      await work(page, browser);
    } catch (error) {
      await browser.kill();
      throw error;
    }
  }

  /** Does what leads to the sign of a moment, and resolves once it is there; gives the message whose turn it is. */
  async #waitFor(
    { sign }: Moment,
    page: Page,
    choices: { readonly mayRecover: boolean; readonly hasSecond: boolean; readonly prompt: string },
  ): Promise<string | undefined> {
    if (sign === "page opened") {
      untilKilled(page.goto(this.#url));
      return this.kills.at(-1)?.text;
    }
    if (sign === "commit begun") await page.addInitScript(tellOfCommits, BEGINS_TO_COMMIT);
    let [text] = await this.#open(page);
    if (!choices.mayRecover) text = undefined;
    if (text === undefined) await this.#examineAndReturn(page);
    if (text === undefined || sign === "message sent") {
      const sending = await this.#send(page, choices.prompt);
      if (sign === "message sent") return sending.text;
      await sending.shown;
      text = sending.text;
    }
    if (choices.hasSecond) await (await this.#send(page, choices.prompt)).shown;
    // On a slow machine the turn may be over before it is looked for.
    const isOver = page.getByText(ALL_IS_STORED);
    if (sign === "tool used") await see(page, page.locator(".draft .tool-step").or(isOver).first());
    if (sign === "commit begun") await Promise.race([commitIn(page), see(page, isOver)]);
    return text;
  }

  get #url(): string {
    return this.#conversationUrl ?? this.#options.demoUrl;
  }

  /** Opens the demo, and notes which messages it shows; gives those that are pending. */
  async #open(page: Page): Promise<string[]> {
    await page.goto(this.#url);
    await see(page, page.getByText("This tab holds the runtime"));
    const lists = await page
      .locator("ol.messages")
      .evaluateAll((lists) =>
        lists.map((list) => [...list.querySelectorAll(".from-user p")].map(({ textContent }) => textContent)),
      );
    const [committed = [], waiting = []] = lists;
    // Each message that is not done has such a line; the one whose turn has begun has its text above, where it is committed.
    const isOneBegun = (await page.locator(".draft .thinking").count()) > waiting.length;
    const begun = isOneBegun ? committed.slice(-1) : [];
    for (const message of this.sent) message.wasShown ||= [...committed, ...waiting].includes(message.text);
    const last = this.kills.at(-1);
    if (last?.text !== undefined) {
      const fates = { begun, committed, pending: waiting };
      last.fate =
        (["begun", "committed", "pending"] as const).find((fate) => fates[fate].includes(last.text ?? "")) ?? "absent";
    }
    const pending = [...begun, ...waiting];
    return pending;
  }

  /** Waits until no turn is left, examines what is stored, and comes back to the conversation, or begins it. */
  async #examineAndReturn(page: Page): Promise<void> {
    await see(page, page.getByText(ALL_IS_STORED));
    await this.#examine(page);
    await page.goto(this.#url);
    await see(page, page.getByText(ALL_IS_STORED));
    if (this.#conversationUrl !== undefined) return;
    await page.getByRole("button", { name: "New conversation" }).click();
    await page.waitForURL(/#./);
    this.#conversationUrl = page.url();
  }

  /** Types a message and sends it, without waiting for what comes of it; `shown` resolves when the page shows it as accepted. */
  async #send(page: Page, prompt: string): Promise<{ readonly text: string; readonly shown: Promise<void> }> {
    const text = `${prompt} (${this.sent.length + 1})`;
    const message: SentMessage = { text, wasShown: false };
    await page.getByLabel("Your message").fill(text);
    const shown = see(page, page.locator(".from-user", { hasText: text })).then(() => {
      message.wasShown = true;
    });
    untilKilled(shown);
    this.sent.push(message);
    untilKilled(page.keyboard.press("Enter"));
    return { text, shown };
  }

  async #examine(page: Page): Promise<void> {
    await page.goto(this.#options.reportUrl);
    const { receipts, violations } = await page.evaluate((sent) => globalThis.reportStoredDemo(sent), this.sent);
    for (const violation of violations) this.violations.add(violation);
    for (const [runtimeId, earlier] of Object.entries(this.#receipts)) {
      if (isDeepStrictEqual(receipts[runtimeId]?.slice(0, earlier.length), earlier)) continue;
      this.violations.add(`runtime ${runtimeId}: receipts are gone, or are not what they were`);
    }
    this.#receipts = receipts;
  }
}

/** Waits until something shows; a failure that the page tells of instead rejects. */
async function see(page: Page, wanted: Locator): Promise<void> {
  const failure = page.locator(".failure");
  await wanted.or(failure).first().waitFor({ timeout: SIGHT_LIMIT_MS });
  if (await failure.isVisible()) throw new Error(`the page says: ${await failure.innerText()}`);
}

/** Makes a page say on its console when it begins a transaction that writes receipts. */
function tellOfCommits(words: string): void {
  const begin = IDBDatabase.prototype.transaction;
  IDBDatabase.prototype.transaction = function (...given) {
    const transaction = begin.apply(this, given);
    const { mode, objectStoreNames } = transaction;
    if (mode === "readwrite" && objectStoreNames.contains("runtime_boundary_receipts")) console.debug(words);
    return transaction;
  };
}

async function commitIn(page: Page): Promise<void> {
  const predicate = (message: ConsoleMessage): boolean => message.text() === BEGINS_TO_COMMIT;
  await page.waitForEvent("console", { predicate, timeout: SIGHT_LIMIT_MS });
}

/** Lets something go on that may well end with the browser. */
function untilKilled(doing: Promise<unknown>): void {
  doing.catch(() => undefined);
}
