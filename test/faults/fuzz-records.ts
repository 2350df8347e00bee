import {
  eventInputState,
  fullInputState,
  inputState,
  opsSnapshot,
  receipt,
  sessionId,
} from "../../src/conformance/samples.ts";
import { canonicalValue } from "../../src/digest/index.ts";
import { createMemoryRuntimeStore } from "../../src/memory/index.ts";
import * as records from "../../src/records/index.ts";
import { appendToSession, encodeSession, newSession, readSession } from "../../src/session/index.ts";
import { conversationDigest } from "../../src/digest/index.ts";
import { decoded } from "../json/documents.ts";
import { headerMembers } from "../records/samples.ts";
import { readVectors } from "../vectors/read-vectors.ts";
import { mutatedBytes } from "./fuzz-bytes.ts";
import type { Random } from "./fuzz-random.ts";
import { RICH } from "./fuzz-rich-values.ts";
import { answerOf, demand, demandEqual, type FuzzTarget, sameTwice } from "./fuzz-run.ts";
import { withoutDecimals } from "./fuzz-snapshots.ts";
import { mutatedJson, mutatedValue } from "./fuzz-values.ts";

/** One wire record with all that reads and prints it. */
interface RecordKind {
  readonly name: string;
  readonly parse: (value: unknown) => unknown;
  readonly parseJson: (json: string | Uint8Array) => unknown;
  readonly format: (record: never) => string;
  readonly corpus: readonly Uint8Array[];
}

const RICH_PAYLOAD = {
  when: new Date(0),
  list: [1n, undefined, -0],
  map: new Map([["a", new Set([1])]]),
  constructor: 1,
};
const recorded = (kind: string): Uint8Array[] =>
  (["basics", "records"] as const).flatMap((family) => readVectors(family, kind).map(({ input }) => input));
const sample = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));

const KINDS: readonly RecordKind[] = [
  {
    name: "input state",
    parse: records.parseInputState,
    parseJson: records.parseInputStateJson,
    format: records.formatInputState,
    corpus: [...recorded("input_state"), sample(fullInputState(1)), sample(eventInputState(1, { a: [1] }))],
  },
  {
    name: "receipt",
    parse: records.parseBoundaryReceipt,
    parseJson: records.parseBoundaryReceiptJson,
    format: records.formatBoundaryReceipt,
    corpus: [...recorded("receipt"), sample(receipt())],
  },
  {
    name: "input",
    parse: records.parseInput,
    parseJson: records.parseInputJson,
    format: records.formatInput,
    corpus: [...recorded("input"), sample({ input_type: "prompt", header: headerMembers(), text: "t" })],
  },
  {
    name: "ops snapshot",
    parse: records.parseOpsSnapshot,
    parseJson: records.parseOpsSnapshotJson,
    format: records.formatOpsSnapshot,
    corpus: [...recorded("ops_snapshot"), sample(opsSnapshot(1)), sample(opsSnapshot(2))],
  },
  {
    name: "runtime state",
    parse: records.parseRuntimeState,
    parseJson: records.parseRuntimeStateJson,
    format: records.formatRuntimeState,
    corpus: recorded("runtime_state"),
  },
];
/** Weighed by how much there is to go wrong. */
const WEIGHED = [0, 0, 0, 0, 1, 1, 2, 2, 2, 3, 3, 4].map((index) => KINDS[index] as RecordKind);

const REFUSED = ["invalid_input"] as const;

/** Records as JSON text, changed in their bytes or in their members. */
export const recordTexts: FuzzTarget = {
  name: "record texts",
  share: 0.2,
  attempt(random, evidence) {
    const kind = random.pick(WEIGHED);
    const json = random.once(2) ? mutatedJson(random, kind.corpus) : mutatedBytes(random, kind.corpus);
    evidence.input = json;
    const read = sameTwice(REFUSED, () => kind.parseJson(json));
    const text = textOf(json);
    if (text !== undefined)
      demandEqual(
        answerOf(REFUSED, () => kind.parseJson(text)),
        read,
        "what is read from text",
      );
    if (!("value" in read)) {
      demand(read.path !== undefined || read.byteOffset !== undefined, "the refusal tells where");
      return `${kind.name} refused`;
    }
    expectCanonical(kind, read.value);
    demand("value" in answerOf([], () => kind.format(read.value as never)), "what was read from JSON can be printed");
    return `${kind.name} accepted`;
  },
};

/** Records as values, changed in their members, with anything that JavaScript has in it. */
export const recordValues: FuzzTarget = {
  name: "record values",
  share: 0.2,
  async attempt(random, evidence) {
    const kind = random.pick(WEIGHED);
    const base =
      kind.name === "input state" && random.once(4) ? eventInputState(1, RICH_PAYLOAD) : jsonOf(random, kind);
    const value = mutatedValue(random, base, RICH);
    evidence.input = value;
    const read = sameTwice(REFUSED, () => kind.parse(value));
    if ("value" in read) expectCanonical(kind, read.value);
    else demand(read.path !== undefined, "the refusal tells where");
    if (kind.name === "input state" && random.once(4)) await expectStored(value, read);
    return `${kind.name} ${"value" in read ? "accepted" : "refused"}`;
  },
};

/** A canonical record stays as it is, and comes back from the text of a row, and from the wire's where that can carry it. */
function expectCanonical(kind: RecordKind, record: unknown): void {
  demandEqual(kind.parse(record), record, "the record once more");
  demandEqual(records.decodeRecord(records.encodeRecord(record)), record, "the record from a row");
  const printed = answerOf(["unsupported"], () => kind.format(record as never));
  if (!("value" in printed)) return;
  const again = kind.format(kind.parseJson(printed.value) as never);
  demandEqual(withoutDecimals(again), withoutDecimals(printed.value), "the printed record once more");
}

/** A store takes what the parser takes, and gives back what the parser gives. */
async function expectStored(value: unknown, read: object): Promise<void> {
  const store = createMemoryRuntimeStore();
  const outcome = await store.persistInputState("agent", value as never).then(
    () => "value",
    (error: unknown) => (error as { code?: unknown }).code,
  );
  const states = await store.loadInputStates("agent");
  if ("value" in read) demandEqual({ outcome, states }, { outcome: "value", states: [read.value] }, "what is stored");
  else demandEqual({ outcome, states }, { outcome: "invalid_input", states: [] }, "what is stored");
}

const VALUES = readVectors("basics", "value").map(({ input }) => input);
const DOCUMENTS = [...VALUES, ...readVectors("records", "input").map(({ input }) => input)];

/** Free JSON documents. */
export const documents: FuzzTarget = {
  name: "free JSON",
  share: 0.08,
  attempt(random, evidence) {
    const json = random.once(4) ? mutatedJson(random, DOCUMENTS) : mutatedBytes(random, DOCUMENTS);
    evidence.input = json;
    const written = sameTwice(["invalid_snapshot"], () => canonicalValue(json));
    const text = textOf(json);
    if (text !== undefined)
      demandEqual(
        answerOf(["invalid_snapshot"], () => canonicalValue(text)),
        written,
        "from text",
      );
    if (!("value" in written)) {
      demand(
        (written.byteOffset ?? -1) >= 0 && (written.byteOffset ?? 0) <= json.length,
        "the offset lies in the text",
      );
      return "refused";
    }
    const canonical = decoded(written.value);
    if (!canonical.includes("$serde_json::private::RawValue")) {
      demandEqual(
        withoutDecimals(decoded(canonicalValue(canonical))),
        withoutDecimals(canonical),
        "the value once more",
      );
    }
    return "accepted";
  },
};

const SESSIONS = readVectors("sessions", "session")
  .filter(({ ok }) => ok)
  .map(({ input }) => readSession(input));
const NEW_SESSION = newSession({ id: sessionId(1), at: 0 });

/** Sessions and messages as people write them. */
export const messageValues: FuzzTarget = {
  name: "message values",
  share: 0.05,
  attempt(random, evidence) {
    const codes = ["invalid_input", "invalid_snapshot"] as const;
    const session = random.pick(SESSIONS);
    const isWhole = random.once(3);
    const value = mutatedValue(random, isWhole ? session : session.messages, RICH);
    const usage = random.once(4) ? mutatedValue(random, { input_tokens: 1, output_tokens: 2 }, RICH) : undefined;
    // Without a time, the answer would change with the clock.
    const at = (random.once(8) ? mutatedValue(random, 0, RICH) : 0) ?? 0;
    evidence.input = { value, usage, at };
    const encoded = sameTwice(codes, () =>
      isWhole
        ? encodeSession(value as never)
        : appendToSession(encodeSession(NEW_SESSION), value as never, { usage, at } as never),
    );
    if (!("value" in encoded)) return `${isWhole ? "session" : "messages"} ${encoded.code}`;
    const { message_count } = conversationDigest(encoded.value);
    demandEqual(readSession(encoded.value).messages.length, message_count, "the number of messages");
    return `${isWhole ? "session" : "messages"} accepted`;
  },
};

function jsonOf(random: Random, { corpus }: RecordKind): unknown {
  try {
    return JSON.parse(Buffer.from(random.pick(corpus)).toString());
  } catch {
    return inputState(1);
  }
}

function textOf(bytes: Uint8Array): string | undefined {
  try {
    return decoded(bytes);
  } catch {
    return undefined; // no UTF-8, which no text can show
  }
}
