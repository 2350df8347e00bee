import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { judgeTabs, type TabJudgement } from "./judge-tabs.ts";
import { readWhile } from "./many-tabs.ts";
import type { Tab } from "./tab.ts";
import type { TabbedBrowser } from "./tabbed-browser.ts";
import { now } from "./now.ts";

/** How a tab is frozen: by Chromium itself, or by stopping its process. */
export type Freezing = "by the browser" | "by SIGSTOP";

export interface StolenLease {
  readonly freezing: Freezing;
  /** How many commits the thief makes while the other is frozen, and how many the heir makes. */
  readonly times: number;
}

/** What came of a stolen lease. */
export interface Theft extends TabJudgement {
  /** What the frozen tab did while it was frozen. */
  readonly doneInSleep: number;
  /** How its attempts ended after it woke. */
  readonly afterSleep: readonly string[];
  /** What happened to the leases of each. */
  readonly leases: Readonly<Record<"sleeper" | "thief" | "heir", readonly string[]>>;
}

const THINK_MS = 300;
/** A hidden tab wakes up once a second. */
const SLEEP_MS = 1500;
/** It is frozen after two. */
const COMMITS_OF_SLEEPER = 20;
/** The thief commits until it is killed. */
const WITHOUT_END = 1_000_000;

/**
 * A tab holds the lease and commits now and then; it is frozen, and another one steals the lease and commits; the frozen one
 * wakes and goes on. Then the thief is killed, and the lease goes to a tab that waits for it, until it is stolen once more. A fourth reads all the
 * while.
 */
export async function stealLease(browser: TabbedBrowser, { freezing, times }: StolenLease): Promise<Theft> {
  const tabs = await browser.openTabs(`lease ${randomUUID()}`, "reader", "sleeper", "thief", "heir");
  const [reader, sleeper, thief, heir] = tabs as [Tab, Tab, Tab, Tab];
  const processOfSleeper = await browser.processOf(sleeper);
  const processOfThief = await browser.processOf(thief);
  let [frozen, woken] = [0, 0];

  const play = async () => {
    await sleeper.do({ job: "acquire" });
    await heir.do({ job: "acquire", mode: "refuse" });
    const sleeping = sleeper.do({ job: "commit", times: COMMITS_OF_SLEEPER, pause: THINK_MS });
    await sleeper.hasCommitted(2);
    const wake = freezing === "by SIGSTOP" ? browser.stop(processOfSleeper) : await browser.freeze(sleeper);
    frozen = now();
    await thief.do({ job: "acquire", steal: true });
    await thief.do({ job: "commit", times });
    await sleep(SLEEP_MS);
    woken = now();
    await wake();
    await sleeping;
    for (let again = 0; again < 2; again++) await sleeper.do({ job: "commit", times: 1 });
    const waiting = heir.do({ job: "acquire" });
    thief.begin({ job: "commit", times: WITHOUT_END });
    await thief.hasCommitted(2 * times);
    browser.kill(thief, processOfThief);
    await waiting;
    await heir.do({ job: "commit", times });
    // Awake and idle, it hears of a theft by its signal alone; and who has lost a lease may have another.
    await sleeper.do({ job: "acquire", steal: true });
    await heir.hasLostLease();
    await sleeper.do({ job: "commit", times: 1 });
  };
  await readWhile(reader, [play()]);

  const report = await reader.report();
  const judgement = judgeTabs(
    tabs.map(({ history }) => history),
    report,
  );
  const attempts = sleeper.history.events.filter((said) => said.event === "attempt");
  return {
    ...judgement,
    doneInSleep: attempts.filter(({ started, ended }) => ended > frozen && started < woken && ended < woken).length,
    afterSleep: attempts.filter(({ ended }) => ended >= woken).map(({ code = "acknowledged" }) => code),
    leases: { sleeper: leasesOf(sleeper), thief: leasesOf(thief), heir: leasesOf(heir) },
  };
}

function leasesOf({ history }: Tab): string[] {
  return history.events.flatMap((said) => {
    if (said.event === "acquired") return [said.code ?? `epoch ${said.epoch}`];
    return said.event === "lease lost" ? [`epoch ${said.epoch} ${said.code}`] : [];
  });
}
