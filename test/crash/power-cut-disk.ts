import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { onPath } from "../browsers/find-browsers.ts";
import { SmallDisk } from "../faults/small-disk.ts";

const BYTES = 2_000_000_000; // of which only what is written takes room
const UNMOUNT_LIMIT_MS = 10_000;

/** Linux's `EXT4_IOC_SHUTDOWN` with the flag not to write the journal first; Node has no `ioctl`, and Perl is always there. */
const SHUT_DOWN =
  'open my $file, "<", $ARGV[0] or die $!; ioctl($file, 0x8004587D, my $flag = pack("L", 2)) or die $!;';

/** A disk of its own whose power can be cut: an ext4 file system that can lose what was not yet flushed. */
export class PowerCutDisk implements AsyncDisposable {
  readonly #image: string;
  /** Where it is mounted. */
  readonly folder: string;
  readonly #unmountAtExit = () => {
    execFileSync("umount", ["--lazy", this.folder], { stdio: "ignore" });
  };

  /** In a folder that is there. */
  constructor(folder: string) {
    this.#image = join(folder, "disk");
    this.folder = join(folder, "mounted");
    mkdirSync(this.folder);
    writeFileSync(this.#image, "");
    truncateSync(this.#image, BYTES);
    execFileSync("mkfs.ext4", ["-q", this.#image]);
    this.#mount();
    process.once("exit", this.#unmountAtExit);
  }

  /** To mount it takes root, on Linux. */
  static get isPossible(): boolean {
    return SmallDisk.isPossible && existsSync("/dev/loop-control") && ["mkfs.ext4", "perl"].every(isInstalled);
  }

  /** From now on nothing reaches the disk. */
  cut(): void {
    execFileSync("perl", ["-e", SHUT_DOWN, this.#marker]);
  }

  /** Gives power again, once no process has a file open there. */
  async restore(): Promise<void> {
    await this.#unmount();
    this.#mount();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    process.off("exit", this.#unmountAtExit);
    await this.#unmount();
    rmSync(this.#image);
  }

  #mount(): void {
    execFileSync("mount", ["-o", "loop", this.#image, this.folder]);
    writeFileSync(this.#marker, "");
  }

  async #unmount(): Promise<void> {
    const end = performance.now() + UNMOUNT_LIMIT_MS;
    for (;;) {
      try {
        execFileSync("umount", [this.folder], { stdio: "pipe" });
        return;
      } catch (error) {
        if (performance.now() > end) throw error;
        await sleep(100);
      }
    }
  }

  get #marker(): string {
    return join(this.folder, "marker");
  }
}

const isInstalled = (program: string): boolean => onPath(program).some((path) => existsSync(path));
