import type { VerifyFinding, VerifyOptions } from "../contract/index.ts";
import { BODIES, type Transactions } from "../engine/index.ts";
import { finding } from "./findings.ts";
import { damagedTallies, missingRows } from "./missing-rows.ts";
import { isDamage } from "./rows.ts";
import { RUNTIME_TABLES, type RuntimeRows } from "./runtime-rows.ts";
import { SlicedWork } from "./sliced-work.ts";
import { namedBodies, verifyBody } from "./verify-bodies.ts";
import { verifyRows, weightOf } from "./verify-rows.ts";

/** Checks the rows of a runtime, which are being read, and then its bodies one by one, each with the rows of a transaction of its own. */
export async function verifyRuntime(
  engine: Transactions,
  reading: Promise<RuntimeRows>,
  options: VerifyOptions,
): Promise<VerifyFinding[]> {
  let rows: RuntimeRows;
  try {
    rows = await reading;
  } catch (error) {
    // An engine may not be able to read on beside what is damaged; the one on IndexedDB reads row by row then.
    if (!isDamage(error) || !error.row) throw error;
    new SlicedWork(0, options).finish();
    return [finding("damaged_row", error.row, "cannot be read")];
  }
  const bodies = namedBodies(rows);
  const weights = [
    ...RUNTIME_TABLES.flatMap((table) => rows.tables[table].map(weightOf)),
    ...bodies.map(({ length }) => length),
  ];
  const work = new SlicedWork(
    weights.reduce((total, weight) => total + weight, 0),
    options,
  );
  const findings = await verifyRows(rows, work);
  for (const body of bodies) {
    const end = work.done + body.length;
    findings.push(...(await verifyBody(engine, body, work)));
    await work.reach(end);
  }
  work.finish();
  const isTold = findings.some(({ severity }) => severity === "error");
  const orphans = rows.orphanedBodies.map((id) =>
    finding("orphaned_body", { table: BODIES, key: [id] }, "belongs to no runtime and no session"),
  );
  return [...findings, ...damagedTallies(rows), ...(isTold ? [] : missingRows(rows)), ...orphans];
}
