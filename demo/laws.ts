import { type Harness, laws } from "../src/conformance/index.ts";
import { deleteIndexedDbRuntimeStore, openIndexedDbRuntimeStore } from "../src/indexeddb/index.ts";
import { createMemoryRuntimeStore } from "../src/memory/index.ts";
import { element } from "./elements.ts";
import { type LawResult, putToLaws } from "./law-runs.ts";
import { countsOf, LawRunView } from "./law-runs-view.ts";

/** Databases of the laws' own, beside the demo's; each law removes its database when it ends, and before it begins. */
const databaseOf = (name: string): string => `burrow-laws ${name}`;

/** On an insecure origin there are none. */
const { locks } = navigator as { locks?: LockManager };

const indexedDb: Harness = {
  capabilities: new Set([
    "reopen",
    "open twice",
    "one connection",
    ...(locks ? (["leases"] as const) : []),
    "rich values",
  ]),
  open: (name) => openIndexedDbRuntimeStore({ name: databaseOf(name) }),
  destroy: (name) => deleteIndexedDbRuntimeStore(databaseOf(name)),
};

const memory: Harness = {
  capabilities: new Set(["one connection", "leases", "rich values"]),
  open: () => Promise.resolve(createMemoryRuntimeStore()),
  destroy: () => Promise.resolve(),
};

const RUNS: readonly (readonly [title: string, harness: Harness])[] = [
  ["IndexedDB", indexedDb],
  ["Memory", memory],
];

const ANNOUNCE_MILLISECONDS = 1000;

const root = document.getElementById("app");
if (root) await run(root);

async function run(root: HTMLElement): Promise<void> {
  const status = element("p", { class: "law-status", role: "status" }, "Waiting for another tab that runs the laws …");
  const views = element("div", { class: "law-runs" });
  root.replaceChildren(status, filter(views), views);
  document.documentElement.dataset.result = "running";
  await alone(async () => {
    const results: LawResult[] = [];
    let announced = 0;
    for (const [title, harness] of RUNS) {
      const view = new LawRunView(title, laws.length);
      views.append(view.element);
      for await (const result of putToLaws(harness)) {
        results.push(result);
        view.add(result);
        if (performance.now() - announced < ANNOUNCE_MILLISECONDS) continue;
        announced = performance.now();
        status.textContent = `Running: ${countsOf(results)} so far.`;
      }
    }
    status.textContent = `Done: ${laws.length} laws, put to ${RUNS.length} stores. ${countsOf(results)}.`;
    const isGood = results.every(({ outcome }) => outcome !== "failed");
    document.documentElement.dataset.result = isGood ? "passed" : "failed";
  });
}

/** Two tabs at once would delete each other's databases. */
async function alone(work: () => Promise<void>): Promise<void> {
  await (locks ? locks.request("burrow-laws", work) : work());
}

function filter(views: HTMLElement): HTMLElement {
  const onlyFailures = element("input", {
    type: "checkbox",
    id: "only-failures",
    onchange: () => views.classList.toggle("only-failures", onlyFailures.checked),
  });
  return element("label", { class: "choice", for: "only-failures" }, onlyFailures, "Show failures only");
}
