import { execFileSync } from "node:child_process";
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";

/** A folder on a disk of its own, in memory, that can be filled to the last byte. To mount it takes root, on Linux. */
export class SmallDisk {
  readonly #folder: string;
  readonly #unmount = () => {
    execFileSync("umount", [this.#folder], { stdio: "ignore" });
  };

  /** Makes the folder. It is unmounted by `unmount`, or when the process ends. */
  constructor(folder: string, bytes: number) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true });
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${bytes}`, "burrow-small-disk", folder]);
    process.once("exit", this.#unmount);
  }

  static get isPossible(): boolean {
    return process.platform === "linux" && process.getuid?.() === 0;
  }

  /** Leaves no room for a single byte. */
  fill(): void {
    const filler = openSync(this.#filler, "a");
    try {
      while (writeSync(filler, Buffer.alloc(4096)) > 0);
    } catch (error) {
      if ((error as { code?: string }).code !== "ENOSPC") throw error;
    } finally {
      closeSync(filler);
    }
  }

  /** Gives back what `fill` took, and more. */
  makeRoom(bytes: number): void {
    rmSync(this.#filler, { force: true });
    execFileSync("mount", ["-o", `remount,size=${bytes}`, this.#folder]);
  }

  unmount(): void {
    process.off("exit", this.#unmount);
    this.#unmount();
  }

  get #filler(): string {
    return join(this.#folder, "filler");
  }
}
