import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CHROMIUM_ARGS } from "../browsers/chromium-args.ts";
import { ENGINE_ARGS } from "../browsers/disk-engines.ts";
import { findBrowsers } from "../browsers/find-browsers.ts";

/** The browsers that tests kill: Chromium once for each of its engines. */
export const BROWSER_KINDS = ["Chromium LevelDB", "Chromium SQLite", "Firefox", "WebKitGTK"] as const;
export type BrowserKind = (typeof BROWSER_KINDS)[number];

/** Nothing that asks, nothing that fetches, and after a crash no other page than the one that was asked for. */
const FIREFOX_PREFERENCES: Readonly<Record<string, boolean | number | string>> = {
  "app.normandy.enabled": false,
  "app.update.enabled": false,
  "browser.aboutwelcome.enabled": false,
  "browser.newtab.preload": false,
  "browser.safebrowsing.downloads.enabled": false,
  "browser.safebrowsing.malware.enabled": false,
  "browser.safebrowsing.phishing.enabled": false,
  "browser.sessionstore.resume_from_crash": false,
  "browser.shell.checkDefaultBrowser": false,
  "browser.startup.homepage_override.mstone": "ignore",
  "browser.startup.page": 0,
  "datareporting.policy.dataSubmissionEnabled": false,
  "dom.ipc.processPrelaunch.enabled": false,
  // A process for each tab: of one site, four would share them all.
  "dom.ipc.processCount.webIsolated": 16,
  // For a page that is to end the browser by closing its last window.
  "dom.allow_scripts_to_close_windows": true,
  "extensions.update.enabled": false,
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
  "services.settings.server": "data:,",
  "toolkit.startup.max_resumed_crashes": -1,
  "toolkit.telemetry.enabled": false,
};

/** Whether this machine has all that it takes to start a browser of a kind, and to kill it. */
export function isStartable(kind: BrowserKind): boolean {
  const { chromium, firefox, webkit } = findBrowsers();
  if (process.platform !== "linux") return false;
  if (kind === "WebKitGTK") return webkit !== undefined;
  return (kind === "Firefox" ? firefox : chromium) !== undefined;
}

/** The program of a kind, and that of the screen which it needs, if any. */
export function programOf(kind: BrowserKind): { readonly program: string; readonly xvfb?: string } {
  const { chromium, firefox, webkit } = findBrowsers();
  if (kind === "WebKitGTK" && webkit) return { program: webkit.miniBrowser, xvfb: webkit.xvfb };
  const program = kind === "Firefox" ? firefox : kind === "WebKitGTK" ? undefined : chromium;
  if (program === undefined) throw new Error(`no ${kind} on this machine`);
  return { program };
}

/** With what a browser is started so that all it keeps is in its profile; makes the folders, and Firefox's preferences. */
export function launchOf(kind: BrowserKind, profile: string, url: string): { args: string[]; env: NodeJS.ProcessEnv } {
  mkdirSync(profile, { recursive: true });
  // Chromium leaves a folder behind in the one for temporary files each time that it is killed.
  const places = { HOME: join(profile, "home"), TMPDIR: join(profile, "tmp") };
  for (const folder of Object.values(places)) mkdirSync(folder, { recursive: true });
  switch (kind) {
    case "Chromium LevelDB":
    case "Chromium SQLite": {
      const engine = ENGINE_ARGS[kind === "Chromium SQLite" ? "SQLite" : "LevelDB"];
      const args = ["--headless=new", `--user-data-dir=${profile}`, ...CHROMIUM_ARGS, ...engine, url];
      return { args, env: places };
    }
    case "Firefox": {
      const preferences = Object.entries(FIREFOX_PREFERENCES);
      const lines = preferences.map(
        ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`,
      );
      writeFileSync(join(profile, "user.js"), lines.join(""));
      return { args: ["--headless", "--no-remote", "--profile", profile, url], env: places };
    }
    case "WebKitGTK": {
      const folders = ["XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR"];
      const env = Object.fromEntries(folders.map((name) => [name, join(profile, name.toLowerCase())]));
      for (const folder of Object.values(env)) mkdirSync(folder, { recursive: true, mode: 0o700 });
      return { args: [url], env: { ...places, ...env } };
    }
  }
}
