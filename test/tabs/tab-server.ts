import { JobServer } from "../crash/job-server.ts";
import type { TabEvent, TabJob } from "./tab-events.ts";

export type TabServer = JobServer<TabJob, TabEvent>;

/** Serves `tab-page.ts`. */
export function startTabServer(): Promise<TabServer> {
  return JobServer.start<TabJob, TabEvent>(new URL("./tab-page.ts", import.meta.url));
}
