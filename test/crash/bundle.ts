import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Rolldown } from "vite";

const ROOT = join(import.meta.dirname, "../..");

/**
 * A module of the repository with all that it imports, as one script: a browser that is started for every few commits would
 * spend most of its time on loading a hundred modules.
 */
export async function bundle(module: URL): Promise<string> {
  const built = await build({
    root: ROOT,
    configFile: false,
    logLevel: "warn",
    resolve: { tsconfigPaths: true },
    build: { write: false, target: "es2022", minify: false, rolldownOptions: { input: fileURLToPath(module) } },
  });
  const { output } = (Array.isArray(built) ? built[0] : built) as Rolldown.RolldownOutput;
  // As text in a page, a script ends at the first closing tag, wherever it stands.
  return output[0].code.replaceAll("</script", "<\\/script");
}
