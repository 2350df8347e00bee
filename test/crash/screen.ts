import { spawn } from "node:child_process";

const START_LIMIT_MS = 60_000;

/** A screen that nobody sees, for a browser that cannot do without one. */
export interface Screen {
  /** What goes into `DISPLAY`. */
  readonly display: string;
  stop(): void;
}

/** Starts Xvfb on the first number that is free; it ends with `stop`, or with this process. */
export async function startScreen(xvfb: string): Promise<Screen> {
  const options = ["-displayfd", "3", "-screen", "0", "1280x800x24", "-nolisten", "tcp"];
  const child = spawn(xvfb, options, { stdio: ["ignore", "ignore", "ignore", "pipe"] });
  const stop = () => {
    process.off("exit", stop);
    child.kill();
  };
  process.once("exit", stop);
  const number = await new Promise<string>((resolve, reject) => {
    child.stdio[3]?.once("data", (text) => resolve(String(text).trim()));
    child.once("error", reject).once("exit", (code) => reject(new Error(`Xvfb ended with ${code ?? "a signal"}`)));
    setTimeout(() => reject(new Error("Xvfb was not ready in time")), START_LIMIT_MS).unref();
  });
  return { display: `:${number}`, stop };
}
