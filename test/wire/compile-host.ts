import { Buffer } from "node:buffer";
import { join } from "node:path";

/** The binary of the host in `assembly/`, in base64. Vitest offers it as a command to the tests in browsers. */
export async function compileHost(): Promise<string> {
  // Vitest's configuration imports this file, and the compiler takes a second to load.
  const { createMemoryStream, main } = await import("assemblyscript/asc");
  const stderr = createMemoryStream();
  let binary = "";
  const args = ["host.ts", "--baseDir", join(import.meta.dirname, "assembly"), "--outFile", "host.wasm"];
  const { error } = await main([...args, "--runtime", "stub"], {
    stderr,
    writeFile: (_, contents) => {
      binary = Buffer.from(contents).toString("base64");
    },
  });
  if (error) throw new Error(`the host does not compile: ${stderr.toString()}`, { cause: error });
  return binary;
}
