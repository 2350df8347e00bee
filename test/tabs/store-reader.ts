import { conversationDigest } from "../../src/digest/index.ts";
import type { BurrowStore } from "../../src/index.ts";
import { RUNTIME } from "../crash/crash-turns.ts";
import { now } from "./now.ts";
import type { SeenReceipt, TabEvent } from "./tab-events.ts";

const WHOLE_LIST_EVERY = 50;

/** Reads how far the runtime is, again and again, and says what it saw. */
export class StoreReader {
  readonly #say: (event: TabEvent) => void;
  #times = 0;
  /** Up to where the receipts have been listed. */
  #listed = 0;

  constructor(say: (event: TabEvent) => void) {
    this.#say = say;
  }

  /** Says each change of which the store tells. */
  listen(store: BurrowStore): void {
    store.subscribe((change) => this.#say({ event: "heard", at: now(), change }));
  }

  /** By every way there is to see it, one after the other. */
  async read(store: BurrowStore): Promise<void> {
    await this.#loadRuntime(store);
    await this.#listReceipts(store);
    await this.#loadSnapshot(store);
  }

  async #loadRuntime(store: BurrowStore): Promise<void> {
    const started = now();
    const { revision, head, sessionSnapshot } = await store.loadRuntime(RUNTIME);
    this.#say({
      event: "loaded",
      started,
      ended: now(),
      revision,
      head: head && { revision: head.revision, sequence: head.sequence, digest: head.conversation_digest },
      snapshot: digestOf(sessionSnapshot),
    });
  }

  /** Those that are new, and now and then all. */
  async #listReceipts(store: BurrowStore): Promise<void> {
    const after = this.#times++ % WHOLE_LIST_EVERY === 0 ? 0 : this.#listed;
    const started = now();
    const listed = await store.listBoundaryReceipts(RUNTIME, { afterRevision: after });
    const receipts = listed.map(
      ({ revision, operation_id, receipt: { sequence, conversation_digest: digest } }): SeenReceipt => ({
        revision,
        sequence,
        operation_id,
        digest,
      }),
    );
    this.#say({ event: "listed", started, ended: now(), after, receipts });
    this.#listed = receipts.at(-1)?.revision ?? after;
  }

  async #loadSnapshot(store: BurrowStore): Promise<void> {
    const started = now();
    const snapshot = await store.loadSessionSnapshot(RUNTIME);
    this.#say({ event: "loaded snapshot", started, ended: now(), digest: digestOf(snapshot) });
  }
}

const digestOf = (snapshot: Uint8Array | undefined): string | undefined =>
  snapshot && conversationDigest(snapshot).conversation_digest;
