// A Vitest reporter for what `npm test` says last. The one for JSON does not say in which browser a test failed.
import { writeFile } from "node:fs/promises";

/** @import { Reporter, SerializedError, TestModule } from "vitest/node" */

/** @implements {Reporter} */
export default class FailureReporter {
  /**
   * Writes `{ passed, failures }` to the file that the environment names.
   *
   * @param {readonly TestModule[]} modules
   * @param {readonly SerializedError[]} unhandled
   */
  async onTestRunEnd(modules, unhandled) {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const failed = [
      ...modules.map((module) => told(placeOf(module), module.errors())),
      ...modules
        .flatMap((module) => [...module.children.allSuites()])
        .map((suite) => told(`${placeOf(suite.module)} > ${suite.fullName}`, suite.errors())),
      ...tests
        .filter((test) => test.result().state === "failed")
        .map((test) => told(`${placeOf(test.module)} > ${test.fullName}`, test.result().errors ?? [])),
      told("outside of every test", unhandled),
    ];
    const passed = tests.filter((test) => test.result().state === "passed").length;
    const report = { passed, failures: failed.filter((failure) => failure !== undefined) };
    await writeFile(process.env.BURROW_TEST_REPORT ?? "", JSON.stringify(report));
  }
}

/** @param {TestModule} module */
function placeOf({ project, relativeModuleId }) {
  return `[${project.name}] ${relativeModuleId}`;
}

/**
 * @param {string} where
 * @param {readonly SerializedError[]} errors
 * @returns {string | undefined} nothing when there is no error
 */
function told(where, errors) {
  if (errors.length === 0) return undefined;
  const lines = errors.flatMap(({ message, stacks }) => [
    message,
    ...(stacks ?? []).slice(0, 3).map(({ file, line, column }) => `at ${file}:${line}:${column}`),
  ]);
  return [where, ...lines.map((line) => `  ${line.slice(0, 500)}`)].join("\n");
}
