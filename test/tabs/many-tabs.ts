import { randomUUID } from "node:crypto";
import { judgeTabs, type TabJudgement } from "./judge-tabs.ts";
import type { Tab } from "./tab.ts";
import type { TabbedBrowser } from "./tabbed-browser.ts";

/** How many tabs a browser needs for each of these, and for a stolen lease afterwards. */
export const PAGES = 5;

const READS = 10;
/** Who is to be ended by force commits until then. */
const WITHOUT_END = 1_000_000;

/** How often each tab commits to the one run; one of them is ended by force when it has made half of its commits. */
export interface ManyCommits {
  readonly times: number;
  readonly expectsRevision: boolean;
}

/** Four pages, of which one is killed, and a fifth that reads all the while; gives what came of it. */
export async function manyPages(browser: TabbedBrowser, commits: ManyCommits): Promise<TabJudgement> {
  const tabs = await browser.openTabs(`pages ${randomUUID()}`, "reader", "victim", "page 1", "page 2", "page 3");
  const [reader, victim, ...pages] = tabs as [Tab, Tab, ...Tab[]];
  const processOfVictim = await browser.processOf(victim);
  const kill = () => {
    browser.kill(victim, processOfVictim);
    return Promise.resolve();
  };
  return commitAll({ reader, committers: pages, victim, kill }, commits);
}

/** A page and two workers, of which one is terminated by the page that started them, which reads all the while. */
export async function pageAndWorkers(browser: TabbedBrowser, commits: ManyCommits): Promise<TabJudgement> {
  const database = `workers ${randomUUID()}`;
  const [reader, page] = (await browser.openTabs(database, "reader", "page")) as [Tab, Tab];
  const [worker, victim] = [await browser.startWorker(reader), await browser.startWorker(reader)];
  await worker.open("worker", database);
  await victim.open("victim", database);
  const kill = async () => {
    victim.isKilled = true;
    await reader.do({ job: "dismiss", script: victim.url });
  };
  return commitAll({ reader, committers: [page, worker], victim, kill }, commits);
}

interface Cast {
  readonly reader: Tab;
  readonly committers: readonly Tab[];
  readonly victim: Tab;
  readonly kill: () => Promise<void>;
}

async function commitAll(
  { reader, committers, victim, kill }: Cast,
  { times, expectsRevision }: ManyCommits,
): Promise<TabJudgement> {
  const killing = async () => {
    victim.begin({ job: "commit", times: WITHOUT_END, expectsRevision });
    await victim.hasCommitted(times / 2);
    await kill();
  };
  const committing = committers.map((tab) => tab.do({ job: "commit", times, expectsRevision }));
  await readWhile(reader, [killing(), ...committing]);
  const report = await reader.report();
  return judgeTabs(
    [reader, victim, ...committers].map(({ history }) => history),
    report,
  );
}

/** Has a tab read until others have done what they are doing, and once more. */
export async function readWhile(reader: Tab, doing: readonly Promise<void>[]): Promise<void> {
  let isDone = false;
  const done = Promise.all(doing).finally(() => (isDone = true));
  const reading = async () => {
    while (!isDone) await reader.do({ job: "read", times: READS });
    await reader.do({ job: "read", times: 1 });
  };
  await Promise.all([done, reading()]);
}
