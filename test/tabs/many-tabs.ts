import type { BrowserKind } from "../crash/browser-launch.ts";
import { judgeTabs, type TabJudgement } from "./judge-tabs.ts";
import { Tab } from "./tab.ts";
import type { TabServer } from "./tab-server.ts";
import { TabbedBrowser } from "./tabbed-browser.ts";

const PAGES = ["page 1", "page 2", "page 3"];
const WORKERS = ["worker", "victim"];
const READS = 10;
/** Who is to be ended by force commits until then. */
const WITHOUT_END = 1_000_000;

/** Who commits to one run, and how often each; one of them is ended by force when it has made half of its commits. */
export interface ManyTabs {
  readonly kind: BrowserKind;
  readonly times: number;
  readonly expectsRevision: boolean;
}

/** Four pages, of which one is killed, and a fifth that reads all the while; gives what came of it. */
export async function manyPages(server: TabServer, { kind, ...commits }: ManyTabs): Promise<TabJudgement> {
  await using browser = await TabbedBrowser.open(server, kind, ["reader", "victim", ...PAGES]);
  const [reader, victim, ...pages] = browser.tabs as [Tab, Tab, ...Tab[]];
  const processOfVictim = await browser.processOf(victim);
  const kill = () => {
    browser.kill(victim, processOfVictim);
    return Promise.resolve();
  };
  return await commitAll({ reader, committers: pages, victim, kill }, commits);
}

/** A page and two workers, of which one is terminated by the page that started them and reads all the while. */
export async function pageAndWorkers(server: TabServer, { kind, ...commits }: ManyTabs): Promise<TabJudgement> {
  await using browser = await TabbedBrowser.open(server, kind, ["reader", "page"]);
  const [reader, page] = browser.tabs as [Tab, Tab];
  const [worker, victim] = WORKERS.map((name) => new Tab(name, server.visitOfWorker())) as [Tab, Tab];
  for (const { url } of [worker, victim]) await reader.do({ job: "employ", script: url });
  await Promise.all([worker.open(), victim.open()]);
  const kill = async () => {
    victim.isKilled = true;
    await reader.do({ job: "dismiss", script: victim.url });
  };
  return await commitAll({ reader, committers: [page, worker], victim, kill }, commits);
}

interface Cast {
  readonly reader: Tab;
  readonly committers: readonly Tab[];
  readonly victim: Tab;
  readonly kill: () => Promise<void>;
}

async function commitAll(
  { reader, committers, victim, kill }: Cast,
  { times, expectsRevision }: Omit<ManyTabs, "kind">,
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
