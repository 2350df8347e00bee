import { createMemoryRuntimeStore } from "../../src/memory/index.ts";
import { compileHost } from "./compile-host.ts";
import { testWasmHost } from "./wasm-host.ts";

testWasmHost(compileHost, () => Promise.resolve(createMemoryRuntimeStore()));
