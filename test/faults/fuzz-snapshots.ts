import { createHash } from "node:crypto";
import { boundary, conversation, delta, runId, sessionId } from "../../src/conformance/samples.ts";
import { isRuntimeStoreError } from "../../src/core/errors.ts";
import { canonicalMessages, canonicalSession, conversationDigest } from "../../src/digest/index.ts";
import { readSnapshot, snapshotReading } from "../../src/digest/read-snapshot.ts";
import { SnapshotReader } from "../../src/digest/snapshot-reader.ts";
import { createMemoryRuntimeStore } from "../../src/memory/index.ts";
import { appendToSession, readSession, userMessage } from "../../src/session/index.ts";
import { decoded, utf8 } from "../json/documents.ts";
import { readVectors } from "../vectors/read-vectors.ts";
import { mutatedBytes } from "./fuzz-bytes.ts";
import type { Random } from "./fuzz-random.ts";
import { type Answer, answerOf, demand, demandEqual, type FuzzTarget, sameTwice } from "./fuzz-run.ts";
import { mutatedJson } from "./fuzz-values.ts";

const messages = readVectors("basics", "message").map(({ input }) => input);
const CORPUS: readonly Uint8Array[] = [
  ...(["basics", "sessions"] as const).flatMap((family) => readVectors(family, "session").map(({ input }) => input)),
  ...messages.map((message) => {
    const [before, after] = Buffer.from(conversation(sessionId(1), "?"))
      .toString()
      .split(/\{"role".*?\}/u);
    return Buffer.concat([utf8(before ?? ""), message, utf8(after ?? "")]);
  }),
];

const REFUSED = ["invalid_snapshot"] as const;

/** Snapshots, changed in their bytes or in their members, for all that reads one. */
export const snapshots: FuzzTarget = {
  name: "snapshots",
  share: 0.4,
  async attempt(random, evidence) {
    const snapshot = random.once(3) ? mutatedJson(random, CORPUS) : mutatedBytes(random, CORPUS);
    evidence.input = snapshot;
    const before = Buffer.from(snapshot);
    const reading = sameTwice(REFUSED, () => readSnapshot(snapshot));
    if (!("value" in reading)) expectOffset(reading.byteOffset, snapshot.length);
    expectSameDigest(snapshot, reading);
    expectSameInSlices(random, snapshot, reading);
    if (random.once(4)) expectAppended(random, snapshot, reading);
    if (random.once(4)) await expectStored(snapshot, reading);
    demand(before.equals(snapshot), "the snapshot is as it was given");
    return "value" in reading ? "accepted" : reading.code;
  },
};

type Reading = Answer<ReturnType<typeof readSnapshot>>;

function expectOffset(byteOffset: number | undefined, length: number): void {
  demand(byteOffset !== undefined && byteOffset >= 0 && byteOffset <= length, "the offset lies in the snapshot");
}

/** Every reading of a snapshot is refused as the first one was, or is what the digest says. */
function expectSameDigest(snapshot: Uint8Array, reading: Reading): void {
  const digest = answerOf(REFUSED, () => conversationDigest(snapshot));
  const canonical = sameTwice(REFUSED, () => canonicalMessages(snapshot));
  const session = sameTwice(REFUSED, () => canonicalSession(snapshot));
  const read = answerOf(REFUSED, () => readSession(snapshot));
  if (!("value" in reading)) {
    for (const answer of [digest, canonical, session, read]) demandEqual(answer, reading, "the refusal");
    return;
  }
  const { conversation_digest, message_count } = reading.value;
  demandEqual(digest, { value: { conversation_digest, message_count } }, "the digest");
  demand("value" in canonical && "value" in session && "value" in read, "each reading accepts the snapshot");
  demandEqual(sha256(canonical.value), conversation_digest, "the digest of the canonical messages");
  demandEqual(read.value.messages.length, message_count, "the number of messages");
  demandEqual(read.value.id, reading.value.session_id, "the session's id");
  expectFixedPoint(canonical.value, session.value);
}

/**
 * The canonical form is a canonical form, but for long decimals, which the native runtime may read as their neighbours, and
 * for raw values, which it unwraps once at each reading.
 */
function expectFixedPoint(messages: Uint8Array, session: Uint8Array): void {
  const text = decoded(session);
  if (text.includes("$serde_json::private::RawValue")) return;
  demandEqual(withoutDecimals(decoded(canonicalSession(session))), withoutDecimals(text), "the session once more");
  demandEqual(
    withoutDecimals(decoded(canonicalMessages(session))),
    withoutDecimals(decoded(messages)),
    "the messages once more",
  );
}

export const withoutDecimals = (text: string): string => text.replace(/-?\d+(?:\.\d+(?:e[+-]?\d+)?|e[+-]?\d+)/gi, "#");

/** A reader that stops at any place, and one that goes on from a checkpoint, find what one finds that reads in one go. */
function expectSameInSlices(random: Random, snapshot: Uint8Array, reading: Reading): void {
  const budget = 1 + random.below(400);
  const sliced = answerOf(REFUSED, () => {
    let reader = new SnapshotReader(snapshot, { spacing: 0 });
    while (!reader.advance(budget)) {
      const known = reader.checkpoints;
      if (random.once(2)) reader = new SnapshotReader(snapshot.subarray(known.at(-1)?.position), { known, spacing: 0 });
    }
    return snapshotReading(reader.finish());
  });
  demandEqual(sliced, reading, `what is read in slices of ${budget}`);
}

/** What is appended stands behind what there was, or the snapshot is refused as it is everywhere. */
function expectAppended(random: Random, snapshot: Uint8Array, reading: Reading): void {
  const usage = random.once(2) ? { input_tokens: 1, output_tokens: 0 } : undefined;
  const appended = answerOf(["invalid_snapshot", "invalid_input"], () =>
    appendToSession(snapshot, [userMessage("more")], { at: 0, usage }),
  );
  if (!("value" in appended)) {
    // A count of tokens may have reached its end.
    const isFull = "value" in reading && reading.value.usage.input_tokens === 2n ** 64n - 1n;
    if (!isFull) demandEqual(appended, reading, "the refusal to append");
    return;
  }
  demand("value" in reading, "nothing is appended to what is no snapshot");
  const before = canonicalMessages(snapshot).slice(0, -1);
  const after = canonicalMessages(appended.value);
  demand(Buffer.from(before).equals(after.subarray(0, before.length)), "the earlier messages are as they were");
  demandEqual(conversationDigest(appended.value).message_count, reading.value.message_count + 1, "one message more");
}

const FIRST = conversation(sessionId(9), "first");
const FIRST_ID = sessionId(9);

/** A store keeps the very bytes and the same digest, or refuses, and keeps what it had. */
async function expectStored(snapshot: Uint8Array, reading: Reading): Promise<void> {
  const store = createMemoryRuntimeStore();
  await store.commitSessionBoundary("agent", boundary({ sessionDelta: delta(FIRST), runId: runId(1) }));
  const second = boundary({ sessionDelta: delta(snapshot), runId: runId(2), boundary: "run_start" });
  const receipt = await settled(store.commitSessionBoundary("agent", second));
  const saved = await settled(store.sessions.save(snapshot));
  const [head, stored] = await Promise.all([store.loadRuntimeHead("agent"), store.loadSessionSnapshot("agent")]);
  demand(stored !== undefined, "there is a snapshot");
  if ("value" in reading) {
    demand("value" in receipt && "value" in saved, "the store takes what the digest takes");
    const { conversation_digest, message_count, session_id } = reading.value;
    demandEqual(receipt.value.conversation_digest, conversation_digest, "the receipt's digest");
    demandEqual(receipt.value.message_count, message_count, "the receipt's count");
    demandEqual(head?.conversation_digest, conversation_digest, "the head's digest");
    demand(Buffer.from(snapshot).equals(stored), "the stored bytes are the committed ones");
    demandEqual(await store.sessions.load(session_id), canonicalSession(snapshot), "the saved session");
    demand(
      (await store.sessions.list()).some(({ id }) => id === session_id),
      "the catalog has the session",
    );
  } else {
    demandEqual([receipt, saved].map(codeAndOffset), [codeAndOffset(reading), codeAndOffset(reading)], "the refusals");
    demandEqual(head?.revision, 1, "the revision");
    demand(Buffer.from(FIRST).equals(stored), "the stored bytes are the earlier ones");
    demandEqual(
      (await store.sessions.list()).map(({ id }) => id),
      [FIRST_ID],
      "the catalog",
    );
  }
}

const codeAndOffset = (answer: object): unknown => {
  const { code, byteOffset } = answer as { code?: string; byteOffset?: number };
  return { code, byteOffset };
};

async function settled<T>(call: Promise<T>): Promise<Answer<T>> {
  try {
    return { value: await call };
  } catch (error) {
    if (!isRuntimeStoreError(error)) throw error;
    return { code: error.code, byteOffset: error.byteOffset, path: error.path };
  }
}

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
