import { join } from "node:path";
import { chromium, type BrowserContext, type JSHandle, type Page } from "playwright-core";
import { createServer } from "vite";
import { CHROMIUM_ARGS } from "./chromium-args.ts";
import { findBrowsers } from "./find-browsers.ts";

const ROOT = join(import.meta.dirname, "../..");
const BLANK_PAGE = "<!doctype html><script>globalThis.importModule = (path) => import(path)</script>";

declare global {
  /** Set by the blank page: an `import()` in a test's own text would be Vitest's, not the browser's. */
  var importModule: (path: string) => Promise<unknown>;
}

/** Starts Chromium with its profile in a folder, so that IndexedDB reaches the disk; a second start finds what the first left. */
export function openOnDiskChromium(
  profileDir: string,
  options: { readonly args?: readonly string[] | undefined } = {},
): Promise<BrowserContext> {
  const { chromium: executablePath } = findBrowsers();
  if (executablePath === undefined) throw new Error("no Chromium on this machine");
  const args = [...CHROMIUM_ARGS, ...(options.args ?? [])];
  return chromium.launchPersistentContext(profileDir, { executablePath, args, headless: true });
}

/** A local server of a blank page, and of the modules under the repository's root by their paths. */
export interface ModuleServer extends AsyncDisposable {
  /** The blank page; its origin is that of all data, so one server must outlive the browsers that share a profile. */
  readonly url: string;
  close(): Promise<void>;
}

/** Serves the sources to browsers that a test starts itself, on a free port of this machine. */
export async function serve(): Promise<ModuleServer> {
  const server = await createServer({
    root: ROOT,
    configFile: false,
    // A cache and a fixed list of dependencies of its own: it may run beside other servers, and never reloads a page.
    cacheDir: join(ROOT, "node_modules/.vite-on-disk"),
    resolve: { tsconfigPaths: true },
    optimizeDeps: { noDiscovery: true, include: ["@noble/hashes/sha2.js", "idb", "superjson", "valibot"] },
    logLevel: "warn",
    appType: "custom",
    server: { host: "127.0.0.1", port: 0, hmr: false, ws: false, watch: null },
    plugins: [
      {
        name: "blank-page",
        configureServer({ middlewares }) {
          middlewares.use((request, response, next) => {
            if (request.url !== "/") {
              next();
              return;
            }
            response.setHeader("Content-Type", "text/html").end(BLANK_PAGE);
          });
        },
      },
    ],
  });
  await server.listen();
  const url = server.resolvedUrls?.local[0];
  if (url === undefined) throw new Error("the server has no address");
  const close = () => server.close();
  return { url, close, [Symbol.asyncDispose]: close };
}

/**
 * Opens the blank page and gives a module in it, to be used through `handle.evaluate`:
 * `importInPage<typeof module>(page, server, "/src/indexeddb/index.ts")`.
 */
export async function importInPage<Module>(page: Page, server: ModuleServer, path: string): Promise<JSHandle<Module>> {
  if (page.url() !== server.url) await page.goto(server.url);
  return page.evaluateHandle((path) => globalThis.importModule(path) as Promise<Module>, path);
}
