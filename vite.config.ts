import { readdirSync } from "node:fs";
import { join } from "node:path";
import { playwright } from "@vitest/browser-playwright";
import { defineConfig, type TestProjectInlineConfiguration } from "vitest/config";
import type { BrowserInstanceOption } from "vitest/node";
import { CHROMIUM_ARGS } from "./test/browsers/chromium-args.ts";
import { findBrowsers } from "./test/browsers/find-browsers.ts";
import { compileHost } from "./test/wire/compile-host.ts";
import { webkitgtk } from "./test/browsers/webkitgtk-provider.ts";

const DEMO = join(import.meta.dirname, "demo");

/** `burrow-store/…` is the source here, so that the demo and the tests read as a user's code does, and need no build. */
const resolve = { tsconfigPaths: true };

/** Bundled before any test runs: a dependency that Vite discovers later makes it reload the page under the test. */
const optimizeDeps = {
  include: [
    "@noble/hashes/sha2.js",
    "axe-core",
    "birpc",
    "fast-check",
    "idb",
    "preact",
    "preact/hooks",
    "preact/jsx-runtime",
    "preact/jsx-dev-runtime",
    "superjson",
    "valibot",
  ],
};

// The groups run one after the other: each of them keeps a small machine busy.

/** For what hangs. No test is one of speed: a machine may be ten times as slow as another. */
const patience = { testTimeout: 120_000, hookTimeout: 120_000, expect: { poll: { timeout: 60_000, interval: 10 } } };

const inNode: TestProjectInlineConfiguration[] = [
  { resolve, test: { ...patience, name: "unit", include: ["test/**/*.unit.test.ts"], maxWorkers: "100%" } },
  {
    resolve,
    test: { ...patience, name: "ui", include: ["test/**/*.ui.test.ts"], environment: "happy-dom", maxWorkers: "100%" },
  },
];

/** Tests that run inside a browser, in a fresh context that never reaches the disk. */
const inBrowsers: TestProjectInlineConfiguration = {
  resolve,
  optimizeDeps,
  test: {
    ...patience,
    include: ["test/**/*.browser.test.ts"],
    sequence: { groupOrder: 1 },
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
      instances: browserInstances(),
      // Vitest calls it before each file; the providers for Playwright have it, and the window of WebKitGTK has one size.
      commands: { __vitest_viewport: () => undefined, compileHost },
    },
  },
};

/** Tests that start browsers of their own, with profiles on disk, one at a time. */
const onDisk = oneAtATime({
  name: "disk",
  include: ["test/**/*.disk.test.ts"],
  groupOrder: 2,
  testTimeout: 5 * 60_000,
});

/** Tests that take long or need root: `npm run test:slow`. */
const slow = oneAtATime({
  name: "slow",
  include: ["test/**/*.slow.test.ts"],
  groupOrder: 3,
  testTimeout: 30 * 60_000,
});

/** A measurement of other stores beside this one: `npm run acid`. */
const acid = oneAtATime({
  name: "acid",
  include: ["test/acid/*.acid.test.ts"],
  groupOrder: 4,
  testTimeout: 5 * 60_000,
});

/** A measurement of how long this store and others take: `npm run bench`. */
const bench = oneAtATime({
  name: "bench",
  include: ["test/bench/*.bench.test.ts"],
  groupOrder: 5,
  testTimeout: 3 * 60 * 60_000,
});

/** A project of files that share no browser and run one after the other, behind the projects of a lower order. */
function oneAtATime({
  groupOrder,
  ...own
}: {
  readonly name: string;
  readonly include: string[];
  readonly groupOrder: number;
  readonly testTimeout: number;
}): TestProjectInlineConfiguration {
  return { resolve, test: { ...patience, ...own, sequence: { groupOrder }, maxWorkers: 1 } };
}

function browserInstances(): BrowserInstanceOption[] {
  const { chromium, firefox, webkit } = findBrowsers();
  const instances: BrowserInstanceOption[] = [];
  if (chromium) {
    const launchOptions = { executablePath: chromium, args: [...CHROMIUM_ARGS] };
    instances.push({ name: "chromium", browser: "chromium", provider: playwright({ launchOptions }) });
  }
  if (firefox) {
    // Firefox as it ships, over WebDriver BiDi; Playwright's own protocol needs Playwright's own build.
    const launchOptions = { executablePath: firefox, channel: "moz-firefox" };
    instances.push({ name: "firefox", browser: "firefox", provider: playwright({ launchOptions }) });
  }
  if (webkit) instances.push({ name: "webkit", browser: "webkit", provider: webkitgtk(webkit) });
  return instances;
}

export default defineConfig({
  resolve,
  optimizeDeps,
  build: {
    target: "es2022",
    outDir: join(import.meta.dirname, "dist-demo"),
    emptyOutDir: true,
    rolldownOptions: {
      // `sideEffects: false` in package.json speaks of the library; the demo's own modules are there for their effects.
      treeshake: { moduleSideEffects: true },
      input: readdirSync(DEMO)
        .filter((file) => file.endsWith(".html"))
        .map((file) => join(DEMO, file)),
    },
  },
  test: {
    globalSetup: "test/browsers/missing-browsers.ts",
    projects: [
      ...inNode,
      ...(inBrowsers.test?.browser?.instances?.length ? [inBrowsers] : []),
      ...(findBrowsers().chromium ? [onDisk] : []),
      slow,
      acid,
      bench,
    ],
  },
});
