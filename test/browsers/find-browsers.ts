import { existsSync, readdirSync } from "node:fs";
import { basename, delimiter, join } from "node:path";

/** The three programs that together drive WebKitGTK: the WebDriver, the browser that it starts, and a screen for it. */
export interface WebKitGtk {
  readonly driver: string;
  readonly miniBrowser: string;
  readonly xvfb: string;
}

/** The browsers of this machine, each by the path of its program; one that is not there is `undefined`. */
export interface Browsers {
  readonly chromium: string | undefined;
  readonly firefox: string | undefined;
  readonly webkit: WebKitGtk | undefined;
}

/** Looks for the browsers on the search path and in the places where systems put them; `BURROW_*` variables go first. */
export function findBrowsers(): Browsers {
  return {
    chromium: find("BURROW_CHROMIUM", [
      ...onPath("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"),
      "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
      "/Applications/Chromium.app/Contents/MacOS/Chromium",
      "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
    ]),
    firefox: find("BURROW_FIREFOX", [
      ...onPath("firefox-esr", "firefox"),
      "/Applications/Firefox.app/Contents/MacOS/firefox",
      "C:\\Program Files\\Mozilla Firefox\\firefox.exe",
    ]),
    webkit: findWebKitGtk(),
  };
}

function findWebKitGtk(): WebKitGtk | undefined {
  const driver = find("BURROW_WEBKIT_DRIVER", onPath("WebKitWebDriver"));
  const miniBrowser = find("BURROW_MINIBROWSER", miniBrowserPaths());
  const xvfb = find("BURROW_XVFB", onPath("Xvfb"));
  return driver && miniBrowser && xvfb ? { driver, miniBrowser, xvfb } : undefined;
}

/** Debian keeps MiniBrowser in `/usr/lib/<architecture>/webkit2gtk-<version>/`, others right under lib or libexec. */
function miniBrowserPaths(): string[] {
  const libraries = ["/usr/lib", "/usr/libexec", ...foldersIn("/usr/lib")];
  const versions = libraries.flatMap(foldersIn).filter((folder) => basename(folder).startsWith("webkit2gtk-4."));
  return versions.map((folder) => join(folder, "MiniBrowser"));
}

function find(variable: string, candidates: readonly string[]): string | undefined {
  const chosen = process.env[variable];
  return (chosen ? [chosen] : candidates).find((path) => existsSync(path));
}

/** Where programs would be on the search path. */
export function onPath(...programs: string[]): string[] {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return programs.flatMap((program) => folders.map((folder) => join(folder, program)));
}

function foldersIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map((entry) => join(folder, entry.name));
}
