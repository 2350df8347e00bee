import type { BrowserKind } from "../crash/browser-launch.ts";
import { judgeTabs, type TabJudgement } from "./judge-tabs.ts";
import type { Tab } from "./tab.ts";
import { TabbedBrowser } from "./tabbed-browser.ts";
import type { TabServer } from "./tab-server.ts";

const PAGES = 4;
const READS = 10;
/** A tab that is to be killed commits until it is. */
const WITHOUT_END = 1_000_000;

export interface ManyTabs {
  readonly kind: BrowserKind;
  /** How many commits each page makes; one is killed when it has made half of them. */
  readonly times: number;
  readonly expectsRevision: boolean;
}

/** Has four pages commit to one run while a fifth reads; kills one of them half-way; gives what came of it. */
export async function manyTabs(server: TabServer, { kind, times, expectsRevision }: ManyTabs): Promise<TabJudgement> {
  const names = Array.from({ length: PAGES }, (_, index) => `page ${index + 1}`);
  await using browser = await TabbedBrowser.open(server, kind, ["reader", "victim", ...names.slice(1)]);
  const [reader, victim, ...others] = browser.tabs;
  if (!reader || !victim) throw new Error("no tabs");
  const processOfVictim = await browser.processOf(victim);
  const killing = async () => {
    victim.begin({ job: "commit", times: WITHOUT_END, expectsRevision });
    await victim.hasCommitted(times / 2);
    browser.kill(victim, processOfVictim);
  };
  await readWhile(reader, [killing(), ...others.map((tab) => tab.do({ job: "commit", times, expectsRevision }))]);
  const report = await reader.report();
  return judgeTabs(
    browser.tabs.map(({ history }) => history),
    report,
  );
}

/** Has a tab read until others have done what they are doing, and once more. */
async function readWhile(reader: Tab, doing: readonly Promise<void>[]): Promise<void> {
  let isDone = false;
  const done = Promise.all(doing).finally(() => (isDone = true));
  const reading = async () => {
    while (!isDone) await reader.do({ job: "read", times: READS });
    await reader.do({ job: "read", times: 1 });
  };
  await Promise.all([done, reading()]);
}
