import { conversationDigest } from "../../src/digest/index.ts";
import {
  type BurrowStore,
  isRuntimeStoreError,
  type RuntimeLease,
  type RuntimeStoreErrorCode,
  type SessionBoundary,
} from "../../src/index.ts";
import { consumedByRun, promptInput, queuedInputState } from "../../src/records/index.ts";
import { assistantMessage, encodeSession, newSession, userMessage } from "../../src/session/index.ts";
import { RUNTIME } from "../crash/crash-turns.ts";
import { randomText } from "../faults/random-text.ts";
import { now } from "./now.ts";
import { type Commits, operationOf, type TabEvent } from "./tab-events.ts";

/** Every tab writes to the one run, and the one session: each commit replaces the body of the one before. */
export const RUN = "018f0000-0000-7000-8000-000000000001";
const SESSION = "018f0000-0000-7000-8000-000000000002";

const LENGTHS = [300, 2000, 700, 1200];

/** What a turn commits, and the digest of its conversation. */
interface Turn {
  readonly boundary: SessionBoundary & { readonly operationId: string };
  readonly digest: string;
}

/** How an attempt ended. */
type Ending = "acknowledged" | { readonly code: RuntimeStoreErrorCode; readonly head: number | undefined };

/** Commits turn after turn, each an operation of its own, and says of each attempt when it was made and how it ended. */
export class TurnCommitter {
  readonly #name: string;
  readonly #say: (event: TabEvent) => void;
  #turn = 0;
  #conflicts = 0;

  constructor(name: string, say: (event: TabEvent) => void) {
    this.#name = name;
    this.#say = say;
  }

  /** Commits so many turns, unless one is refused for good. */
  async commit(store: BurrowStore | RuntimeLease, { times, expectsRevision, pause }: Commits): Promise<void> {
    let expected = expectsRevision ? await revisionOf(store) : undefined;
    for (const end = this.#turn + times; this.#turn < end; this.#turn++) {
      const turn = turnOf(this.#name, this.#turn);
      if (pause !== undefined) await new Promise((resolve) => setTimeout(resolve, pause));
      for (;;) {
        const ending = await this.#attempt(store, turn, expected);
        if (ending === "acknowledged") break;
        if (ending.code !== "revision_conflict") return;
        expected = await this.#revisionAfter(store, ending.head);
      }
      if (expected !== undefined) expected++;
    }
  }

  /** Where the runtime stands after a conflict: what the error says, or what is read; an app may do either. */
  async #revisionAfter(store: BurrowStore, told: number | undefined): Promise<number> {
    return this.#conflicts++ % 2 === 0 && told !== undefined ? told : revisionOf(store);
  }

  async #attempt(
    store: BurrowStore | RuntimeLease,
    { boundary, digest }: Turn,
    expected: number | undefined,
  ): Promise<Ending> {
    const epoch = "epoch" in store ? store.epoch : undefined;
    const asked = { event: "attempt", operation_id: boundary.operationId, digest, expected, epoch } as const;
    const started = now();
    try {
      const receipt = await store.commitSessionBoundary(RUNTIME, { ...boundary, expectedRevision: expected });
      this.#say({ ...asked, started, ended: now(), sequence: receipt.sequence });
      return "acknowledged";
    } catch (error) {
      if (!isRuntimeStoreError(error)) throw error;
      const refusal = { code: error.code, head: error.head?.revision };
      this.#say({ ...asked, started, ended: now(), ...refusal });
      return refusal;
    }
  }
}

/** Of another conversation each time, of some hundred bytes up to two thousand. */
function turnOf(name: string, turn: number): Turn {
  const operationId = operationOf(name, turn);
  const messages = [userMessage(operationId), assistantMessage(randomText(LENGTHS[turn % LENGTHS.length] ?? 0))];
  const sessionSnapshot = encodeSession({ ...newSession({ id: SESSION }), messages });
  const input = queuedInputState(promptInput(operationId));
  const boundary = {
    runId: RUN,
    boundary: "run_start",
    sessionDelta: { sessionSnapshot },
    contributingInputIds: [input.input_id],
    inputUpdates: [consumedByRun(input, { runId: RUN })],
    operationId,
  } as const;
  return { boundary, digest: conversationDigest(sessionSnapshot).conversation_digest };
}

async function revisionOf(store: BurrowStore): Promise<number> {
  return (await store.loadRuntimeHead(RUNTIME))?.revision ?? 0;
}
