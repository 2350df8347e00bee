import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** The variable by which a browser's processes are known, those too that have left its group. */
export const MARK = "BURROW_PROFILE";

const POLL_MS = 10;

/** The command line of a process for pages in Chromium, Firefox, and WebKitGTK. */
const CONTENT_PROCESS = /--type=renderer\b|-isForBrowser\b.*\btab\b|\/WebKitWebProcess\b/;

/**
 * The processes of the browser on a profile that are still running, told by their environment or command line.
 * Chromium's renderers write their title over their environment, and name the profile in it; its crash handlers do the
 * opposite, and lead groups of their own.
 */
export function processesOf(profile: string): number[] {
  const mark = `\0${MARK}=${profile}\0`;
  return readdirSync("/proc").flatMap((entry) => {
    const id = Number(entry);
    if (!Number.isInteger(id) || id === process.pid) return [];
    const words = `\0${textOf(id, "environ")}\0${textOf(id, "cmdline").replaceAll(" ", "\0")}\0`;
    const isOurs = words.includes(mark) || words.includes(`=${profile}\0`) || words.includes(`\0${profile}\0`);
    return isOurs && !hasEnded(id) ? [id] : [];
  });
}

/** Those of them in which pages run, and nothing else. */
export function contentProcessesOf(profile: string): number[] {
  return processesOf(profile).filter((id) => CONTENT_PROCESS.test(textOf(id, "cmdline").replaceAll("\0", " ")));
}

/** Kills the browser on a profile, all at once: its main process, the group that it leads, then whoever else is of the profile. */
export function killProcesses(profile: string, main: number): void {
  const processes = processesOf(profile);
  // Once it has ended, its number may be another's.
  if (processes.includes(main)) {
    signal(main);
    signal(-main);
  }
  for (const id of processes) signal(id);
}

/** Whether all processes of a profile are gone, waiting for them so many milliseconds. */
export async function haveEnded(profile: string, limit: number): Promise<boolean> {
  const end = performance.now() + limit;
  while (processesOf(profile).length > 0) {
    if (performance.now() > end) return false;
    await sleep(POLL_MS);
  }
  return true;
}

/** How long a process has worked so far, in hundredths of a second; 0 once it has ended. */
export function ticksOf(id: number): number {
  // What follows its name, which may hold anything: the state, and as the 12th and the 13th the times.
  const stat = textOf(id, "stat");
  const [user = 0, system = 0] = stat
    .slice(stat.lastIndexOf(")") + 2)
    .split(" ")
    .slice(11, 13)
    .map(Number);
  return user + system;
}

function signal(id: number): void {
  try {
    process.kill(id, "SIGKILL");
  } catch (error) {
    if ((error as { code?: string }).code !== "ESRCH") throw error;
  }
}

/** A process that has ended stays in the list until its parent has asked how. */
function hasEnded(id: number): boolean {
  const status = textOf(id, "stat");
  return status === "" || "ZX".includes(status.charAt(status.lastIndexOf(")") + 2));
}

/** What the kernel tells of a process; nothing when it has ended, or is another user's. */
function textOf(id: number, file: "environ" | "cmdline" | "stat"): string {
  try {
    return readFileSync(`/proc/${id}/${file}`, "utf8");
  } catch {
    return "";
  }
}
