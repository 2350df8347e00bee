import { findBrowsers } from "./find-browsers.ts";

/** Vitest's global setup: ends a run with the browsers that it could not test in, and in CI does not let it begin. */
export default function nameMissingBrowsers(): (() => void) | undefined {
  const { chromium, firefox, webkit } = findBrowsers();
  const missing = [
    ...(chromium ? [] : ["Chromium or Chrome (BURROW_CHROMIUM may name its program)"]),
    ...(firefox ? [] : ["Firefox (BURROW_FIREFOX may name its program)"]),
    ...(webkit ? [] : ["WebKitGTK, which is for Linux only (BURROW_MINIBROWSER may name its MiniBrowser)"]),
  ];
  if (missing.length === 0) return undefined;
  const note = [
    "NOT TESTED, for want of the browser:",
    ...missing.map((name) => `  - ${name}`),
    "Debian has all three: sudo apt-get install chromium firefox-esr webkit2gtk-driver xvfb",
    "Elsewhere, install Chrome and Firefox as usual.",
  ].join("\n");
  if (process.env.CI) throw new Error(note);
  return () => {
    console.warn(`\n${note}\n`);
  };
}
