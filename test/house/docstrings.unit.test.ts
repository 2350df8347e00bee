import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "../..");

/** The source of each entry point that `package.json` names. */
function entryPoints(): string[] {
  const { exports } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
    exports: Record<string, unknown>;
  };
  const built = Object.values(exports).flatMap((entry) =>
    typeof entry === "object" && entry !== null && "default" in entry ? [String(entry.default)] : [],
  );
  return built.map((path) => join(ROOT, path.replace("./dist/", "src/").replace(/\.js$/, ".ts")));
}

test("whatever an entry point exports says what it is", () => {
  const { config } = ts.readConfigFile(join(ROOT, "tsconfig.json"), (path) => ts.sys.readFile(path)) as {
    config: object;
  };
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [] }, ts.sys, ROOT);
  const entries = entryPoints();
  const program = ts.createProgram(entries, options);
  const checker = program.getTypeChecker();

  const exported = entries.flatMap((entry) => {
    const file = program.getSourceFile(entry);
    const module = file && checker.getSymbolAtLocation(file);
    if (module === undefined) throw new Error(`${entry} is no module`);
    return checker.getExportsOfModule(module).map((symbol) => ({ entry, symbol }));
  });
  const silent = exported.filter(({ symbol }) => {
    const origin = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
    return origin.getDocumentationComment(checker).length === 0;
  });
  expect(exported.length).toBeGreaterThan(entries.length);
  expect(silent.map(({ entry, symbol }) => `${entry}: ${symbol.name}`)).toEqual([]);
});
