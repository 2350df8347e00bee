import { openIndexedDbRuntimeStore } from "../../src/indexeddb/index.ts";
import { doJobs } from "./do-jobs.ts";
import type { TabEvent, TabJob } from "./tab-events.ts";
import { TabWork } from "./tab-work.ts";

await doJobs<TabJob, TabEvent>((say) => {
  const work = new TabWork((name) => openIndexedDbRuntimeStore({ name }), say);
  return (job) => work.perform(job);
});
