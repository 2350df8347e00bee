import { join } from "node:path";
import { build, preview } from "vite";

const ROOT = join(import.meta.dirname, "../..");

/** A local server of the demo as it is published. */
export interface DemoServer {
  /** Its folder; the origin is that of all data, so one server must outlive the browsers that share a profile. */
  readonly url: string;
  close(): Promise<void>;
}

/** Builds the demo into a folder, and serves that on a free port of this machine. */
export async function serveDemo(outDir: string): Promise<DemoServer> {
  const built = {
    root: join(ROOT, "demo"),
    configFile: join(ROOT, "vite.config.ts"),
    build: { outDir },
    logLevel: "warn",
  } as const;
  await build(built);
  const server = await preview({ ...built, preview: { host: "127.0.0.1", port: 0 } });
  const url = server.resolvedUrls?.local[0];
  if (url === undefined) throw new Error("the server has no address");
  return { url, close: () => server.close() };
}
