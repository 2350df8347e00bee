import type { Channel } from "../engine/index.ts";

interface Posted {
  readonly identity: string;
  readonly message: unknown;
}

/**
 * What the stores of a database's name say to each other, in all tabs and workers of the origin. Each says which database it
 * has open: there may be others of that name, in another storage bucket or made since.
 */
export class HintChannel implements Channel {
  readonly #channel: BroadcastChannel | undefined;
  readonly #identity: () => string | undefined;

  constructor(database: string, identity: () => string | undefined) {
    this.#identity = identity;
    const { BroadcastChannel: Broadcast } = globalThis as { BroadcastChannel?: typeof BroadcastChannel };
    this.#channel = Broadcast && new Broadcast(`burrow-store ${database}`);
    (this.#channel as { unref?: () => void } | undefined)?.unref?.(); // Node would not end before it is closed
  }

  post(message: unknown): void {
    try {
      this.#channel?.postMessage({ identity: this.#identity(), message });
    } catch {
      // What is stored is stored, whether or not others hear of it.
    }
  }

  listen(listener: (message: unknown) => void): void {
    this.#channel?.addEventListener("message", ({ data }: MessageEvent<Partial<Posted> | null>) => {
      if (typeof data?.identity === "string" && data.identity === this.#identity()) listener(data.message);
    });
  }

  close(): void {
    this.#channel?.close();
  }
}
