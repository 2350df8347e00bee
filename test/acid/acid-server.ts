import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { ModuleServer } from "../browsers/on-disk.ts";
import { bundle } from "../crash/bundle.ts";

/** Serves the one page, with all stores in it; its origin is that of all data for as long as it runs. */
export async function serveAcidPage(): Promise<ModuleServer> {
  const script = await bundle(new URL("./acid-page.ts", import.meta.url));
  const page = `<!doctype html><link rel="icon" href="data:,"><script type="module">${script}</script>`;
  const server = createServer((_, response) => {
    response.setHeader("Content-Type", "text/html; charset=utf-8").end(page);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return { url, close, [Symbol.asyncDispose]: close };
}
