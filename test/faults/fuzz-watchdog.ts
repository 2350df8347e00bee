import { Worker } from "node:worker_threads";

/** A case that never ends lets no timer of its own thread run: another thread has to tell, and to end the process. */
const WATCH = `
  const { writeSync } = require("node:fs");
  const { workerData: { cases, name, limit } } = require("node:worker_threads");
  let seen = -1;
  let since = Date.now();
  setInterval(() => {
    const now = Atomics.load(cases, 0);
    if (now !== seen) [seen, since] = [now, Date.now()];
    if (Date.now() - since < limit) return;
    writeSync(2, "\\n" + name + " BURROW_FUZZ_CASE=" + now + " never ends\\n");
    process.kill(process.pid, "SIGKILL");
  }, 1000);
`;

/** Ends the process, and says at which case, when none began for a minute. */
export class Watchdog {
  readonly #cases = new Int32Array(new SharedArrayBuffer(4));
  readonly #worker: Worker;

  constructor(name: string) {
    this.#worker = new Worker(WATCH, { eval: true, workerData: { cases: this.#cases, name, limit: 60_000 } });
  }

  begins(index: number): void {
    Atomics.store(this.#cases, 0, index);
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }
}
