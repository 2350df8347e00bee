import { beforeEach } from "vitest";
import { commands } from "vitest/browser";
import { deleteIndexedDbRuntimeStore, openIndexedDbRuntimeStore } from "../../src/indexeddb/index.ts";
import { testWasmHost } from "./wasm-host.ts";

declare module "vitest/browser" {
  interface BrowserCommands {
    compileHost: () => Promise<string>;
  }
}

const name = "wasm host";
beforeEach(() => deleteIndexedDbRuntimeStore(name));

testWasmHost(
  () => commands.compileHost(),
  () => openIndexedDbRuntimeStore({ name }),
);
