import { expect, test } from "vitest";
import { BROWSER_KINDS, isStartable } from "../crash/browser-launch.ts";
import { manyTabs } from "./many-tabs.ts";
import { startTabServer } from "./tab-server.ts";

const TIMES = Number(process.env.BURROW_TAB_COMMITS ?? 500);

for (const kind of BROWSER_KINDS) {
  for (const expectsRevision of [false, true]) {
    test.runIf(isStartable(kind))(`${kind} ${expectsRevision}`, async () => {
      await using server = await startTabServer();
      const start = performance.now();
      const judgement = await manyTabs(server, { kind, times: TIMES, expectsRevision });
      console.log(kind, expectsRevision, performance.now() - start, {
        ...judgement,
        violations: judgement.violations.length,
      });
      expect(judgement.violations.slice(0, 10)).toEqual([]);
    });
  }
}
