import type { RuntimeChange, RuntimeChangeKind, RuntimeChangeListener } from "../contract/index.ts";
import { RuntimeStoreError } from "../core/errors.ts";
import type { Channel } from "../engine/index.ts";

type Hint = Pick<RuntimeChange, "runtimeId" | "kind" | "revision">;

const KINDS: readonly RuntimeChangeKind[] = ["boundary", "inputs", "lifecycle", "deleted", "imported"];

/** Tells the listeners of one store what was changed by it and, over the channel, by others. */
export class Changes {
  readonly #channel: Channel | undefined;
  readonly #listeners = new Set<{ readonly hear: RuntimeChangeListener }>();

  constructor(channel: Channel | undefined) {
    this.#channel = channel;
    channel?.listen((message) => {
      if (isHint(message)) this.tell({ ...message, origin: "elsewhere" });
    });
  }

  /** Tells of what this store has stored. */
  publish(hint: Hint): void {
    this.#channel?.post(hint);
    this.tell({ ...hint, origin: "here" });
  }

  /** Adds a listener until what is returned is called, or the signal is aborted. */
  subscribe(listener: unknown, signal: AbortSignal): () => void {
    if (typeof listener !== "function") {
      throw new RuntimeStoreError("invalid_input", "listener must be a function", { path: "listener" });
    }
    signal.throwIfAborted();
    const entry = { hear: listener as RuntimeChangeListener };
    const remove = () => {
      this.#listeners.delete(entry);
      signal.removeEventListener("abort", remove);
    };
    this.#listeners.add(entry);
    signal.addEventListener("abort", remove);
    return remove;
  }

  /** Tells the listeners alone, each of which gets a change of its own. */
  tell({ runtimeId, kind, revision, origin }: RuntimeChange): void {
    for (const entry of [...this.#listeners]) {
      if (!this.#listeners.has(entry)) continue; // another listener has just removed it
      try {
        entry.hear({ runtimeId, kind, revision, origin });
      } catch (error) {
        (globalThis as { reportError?: (error: unknown) => void }).reportError?.(error);
      }
    }
  }
}

/** Any code of the origin can post to a channel. */
function isHint(message: unknown): message is Hint {
  if (typeof message !== "object" || message === null) return false;
  const { runtimeId, kind, revision } = message as Partial<Hint>;
  return typeof runtimeId === "string" && KINDS.some((known) => known === kind) && Number.isSafeInteger(revision);
}
