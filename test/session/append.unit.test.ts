import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalMessages, conversationDigest } from "../../src/digest/index.ts";
import { readSnapshot } from "../../src/digest/read-snapshot.ts";
import {
  appendToSession,
  assistantMessage,
  encodeSession,
  type Message,
  newSession,
  readSession,
  type Session,
  systemMessage,
  toolResultsMessage,
  type Usage,
  userMessage,
} from "../../src/session/index.ts";

const ID = "01890a5d-ac96-774b-bcce-b302099a8057";
const TIME = `{"secs_since_epoch":1700000000,"nanos_since_epoch":0}`;
/** A message whose numbers and members JavaScript's own JSON would not give back. */
const ODD_CALL =
  `{ "blocks":[{"block_type":"tool_use","data":{"id":"t","name":"n","args":{"big":12345678901234567890,"exact":1.0,` +
  `"long":915692.376147563885998,"e":1e2,"minus":-0,"a":1,"a":2,"__proto__":{"x":1}}}}],"stop_reason":"tool_use","role":"block_assistant"}`;

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (snapshot: Uint8Array) => new TextDecoder().decode(snapshot);
const session = (messages: string) =>
  `{"version":1,"id":"${ID}","messages":[${messages}],"created_at":${TIME},"updated_at":${TIME},"metadata":{},"usage":{"input_tokens":3,"output_tokens":4}}`;

const invalid = (path: string) => expect.objectContaining({ code: "invalid_input", path }) as Error;

test("no snapshot begins a new session", () => {
  const snapshot = appendToSession(undefined, [userMessage("hi")], { at: 1_700_000_000_123 });
  expect(readSession(snapshot)).toMatchObject({
    version: 1,
    messages: [{ role: "user", content: "hi" }],
    created_at: { secs_since_epoch: 1_700_000_000, nanos_since_epoch: 123_000_000 },
    updated_at: { secs_since_epoch: 1_700_000_000, nanos_since_epoch: 123_000_000 },
  });
});

test("earlier messages keep their bytes, and so does all that stands before them", () => {
  const before = session(`${ODD_CALL} , {"role":"user","content":"x"}`);
  const after = text(appendToSession(bytes(before), [userMessage("y")]));
  const prefix = before.slice(0, before.indexOf("]", before.indexOf(`"content":"x"`)));
  expect(after.startsWith(`${prefix},{"role":"user","content":"y"}]`)).toBe(true);
});

test("the canonical messages of the longer session begin with those of the shorter", () => {
  const before = bytes(session(ODD_CALL));
  const after = appendToSession(before, [userMessage("y"), assistantMessage("z")]);
  const shorter = text(canonicalMessages(before)).slice(0, -1);
  expect(text(canonicalMessages(after))).toBe(
    `${shorter},{"role":"user","content":"y"},{"role":"block_assistant","blocks":[{"block_type":"text","data":{"text":"z"}}],"stop_reason":"end_turn"}]`,
  );
  expect(conversationDigest(after).message_count).toBe(3);
});

test("the bytes given stay as they are, and no messages change only the time", () => {
  const before = bytes(session(ODD_CALL));
  const copy = before.slice();
  const after = appendToSession(before, [], { at: "2024-01-02T03:04:05.5Z" });
  expect(before).toEqual(copy);
  expect(conversationDigest(after)).toEqual(conversationDigest(before));
  expect(readSession(after).updated_at).toEqual({ secs_since_epoch: 1_704_164_645, nanos_since_epoch: 500_000_000 });
  expect(readSession(after).created_at).toEqual(readSession(before).created_at);
});

test("usage is added up, and an optional counter counts once any side has it", () => {
  const once = appendToSession(bytes(session("")), [], { usage: { input_tokens: 10, output_tokens: 20 } });
  expect(readSession(once).usage).toEqual({
    input_tokens: 13,
    output_tokens: 24,
    cache_creation_tokens: null,
    cache_read_tokens: null,
  });
  const twice = appendToSession(once, [], { usage: { input_tokens: 0, output_tokens: 0, cache_read_tokens: 5 } });
  expect(readSession(twice).usage).toMatchObject({
    input_tokens: 13,
    cache_creation_tokens: null,
    cache_read_tokens: 5,
  });
});

describe("a session of any form that the native runtime reads is appended to", () => {
  const messages = `[{"role":"user","content":"x"}]`;
  test.each([
    [
      "members in another order",
      `{"usage":{"input_tokens":1,"output_tokens":1},"updated_at":${TIME},"messages":${messages} ,"id":"${ID}", "created_at":${TIME}}`,
    ],
    ["no metadata and no usage", `{"id":"${ID}","messages":${messages},"created_at":${TIME},"updated_at":${TIME} } \n`],
    [
      "unknown members",
      `{"zz":[{"]":1}],"id":"${ID}","messages":${messages},"created_at":${TIME},"updated_at":${TIME},"yy":"}"}`,
    ],
    ["an array of seven", `[1,"${ID}",${messages},${TIME},${TIME},{},{"input_tokens":1,"output_tokens":1}]`],
    ["an array of six", `[1,"${ID}",${messages},${TIME},${TIME},{"k":1}]`],
    ["an array of five", `[1,"${ID}",${messages},${TIME},${TIME}]`],
    ["an empty conversation", `{"id":"${ID}","messages":[ ],"created_at":${TIME},"updated_at":${TIME}}`],
  ])("%s", (_, before) => {
    const was = readSession(bytes(before));
    const after = appendToSession(bytes(before), [userMessage("y")], {
      usage: { input_tokens: 1, output_tokens: 2 },
      at: 1_800_000_000_000,
    });
    const is = readSession(after);
    expect(is).toEqual({
      ...was,
      messages: [...was.messages, { role: "user", content: "y" }],
      updated_at: { secs_since_epoch: 1_800_000_000, nanos_since_epoch: 0 },
      usage: {
        ...was.usage,
        input_tokens: was.usage.input_tokens + 1,
        output_tokens: was.usage.output_tokens + 2,
      },
    });
  });
});

test("any messages appended in any portions are read back, and hash as the messages appended at once", () => {
  const message: fc.Arbitrary<Message> = fc.oneof(
    fc.string({ unit: "grapheme" }).map((content) => userMessage(content)),
    fc.string({ unit: "grapheme" }).map((content) => assistantMessage(content)),
    fc.string({ unit: "grapheme" }).map((content) => systemMessage(content)),
    fc
      .jsonValue({ stringUnit: "grapheme" })
      .map((args) => assistantMessage([{ block_type: "tool_use", data: { id: "t", name: "n", args } }])),
    fc.string({ unit: "grapheme" }).map((content) => toolResultsMessage([{ tool_use_id: "t", content }])),
  );
  fc.assert(
    fc.property(fc.array(message), fc.array(message), (first, second) => {
      const inTwo = appendToSession(appendToSession(undefined, first), second);
      const inOne = appendToSession(undefined, [...first, ...second]);
      expect(conversationDigest(inTwo)).toEqual(conversationDigest(inOne));
      expect(readSession(inTwo).messages).toHaveLength(first.length + second.length);
    }),
    { numRuns: 200 },
  );
});

describe("what the native runtime could not hold is refused with its path", () => {
  const tool = (args: unknown) => assistantMessage([{ block_type: "tool_use", data: { id: "t", name: "n", args } }]);
  const path = "messages[0].blocks[0].data.args";
  test.each([
    ["a number that JSON lacks", tool({ a: NaN }), `${path}.a`],
    ["a function", tool([() => 1]), `${path}[0]`],
    ["a hole", tool(Array(1)), `${path}[0]`],
    ["a Date", tool(new Date(0)), path],
    ["a Map", tool({ deep: new Map() }), `${path}.deep`],
    ["a bigint of more than 64 bits", tool(2n ** 64n), path],
    ["a lone surrogate", userMessage("\ud800"), "messages[0].content"],
    ["an unknown role", { role: "tool", content: "x" } as unknown as Message, "messages[0]"],
    ["a message without content", { role: "user" } as unknown as Message, "messages[0]"],
    ["no message", undefined as unknown as Message, "messages[0]"],
  ])("%s", (_, message, at) => {
    expect(() => appendToSession(undefined, [message])).toThrow(invalid(at));
  });

  test.each([undefined, null, "x", {}, new Array(2)])("messages that are %j", (messages) => {
    const refused = expect.objectContaining({ code: "invalid_input" }) as Error;
    expect(() => appendToSession(undefined, messages as Message[])).toThrow(refused);
  });

  test("usage that is no object", () => {
    expect(() => appendToSession(undefined, [], { usage: "x" as unknown as Usage })).toThrow(invalid("usage"));
  });

  test("a getter that throws", () => {
    const args = Object.defineProperty({}, "broken", {
      enumerable: true,
      get() {
        throw new Error("no");
      },
    });
    expect(() => appendToSession(undefined, [tool(args)])).toThrow(invalid("messages[0]"));
  });

  test("what is neither text nor blocks", () => {
    const refused = expect.objectContaining({ code: "invalid_input" }) as Error;
    expect(() => assistantMessage(undefined as unknown as string)).toThrow(refused);
    expect(() => toolResultsMessage(undefined as unknown as [])).toThrow(refused);
    expect(() => encodeSession(undefined as unknown as Session)).toThrow(refused);
  });

  test("an object that holds itself", () => {
    const args: Record<string, unknown> = {};
    args.self = args;
    expect(() => appendToSession(undefined, [tool(args)])).toThrow(
      expect.objectContaining({ code: "invalid_input" }) as Error,
    );
  });
});

test("a snapshot that is none is refused", () => {
  const refused = expect.objectContaining({ code: "invalid_snapshot" }) as Error;
  expect(() => appendToSession(bytes("{}"), [])).toThrow(refused);
  expect(() => readSession(bytes(session(ODD_CALL)).subarray(0, 50))).toThrow(refused);
  expect(() => encodeSession({ ...newSession(), version: -1 })).toThrow(refused);
});

test("an encoded session reads back as it was, in the native order of members", () => {
  const made = newSession({ id: ID.toUpperCase(), metadata: { b: 1, a: [null, { c: "é" }] }, at: new Date(1) });
  const snapshot = encodeSession({
    ...made,
    messages: [
      systemMessage("be kind"),
      userMessage([
        { type: "text", text: "a" },
        { type: "text", text: "b" },
      ]),
    ],
  });
  expect(Object.keys(JSON.parse(text(snapshot)) as object)).toEqual([
    "version",
    "id",
    "messages",
    "created_at",
    "updated_at",
    "metadata",
    "usage",
  ]);
  expect(readSession(snapshot)).toMatchObject({
    id: ID,
    metadata: { a: [null, { c: "é" }], b: 1 },
    messages: [{}, {}],
  });
  expect(readSnapshot(snapshot)).toMatchObject({ session_id: ID, message_count: 2, created_at_ms: 1 });
});

test("integers that JavaScript cannot hold pass through the bytes of a session untouched", () => {
  const before = session(ODD_CALL);
  expect(text(appendToSession(bytes(before), [userMessage("y")]))).toContain("12345678901234567890");
});

test("a time before 1970 is refused", () => {
  expect(() => newSession({ at: -1 })).toThrow(invalid("at"));
});

const throwing = new Proxy([userMessage("hello")] as object, {
  get: () => {
    throw new TypeError("thrown by a caller's own code");
  },
});

test.each([
  ["messages", () => appendToSession(undefined, throwing as never)],
  ["usage", () => appendToSession(undefined, [], { usage: throwing as never })],
  ["version", () => encodeSession(throwing as never)],
])("what a caller's own code throws is the cause of a refusal that names the %s", (path, call) => {
  const cause = expect.any(TypeError) as Error;
  expect(call).toThrow(expect.objectContaining({ code: "invalid_input", path, cause }) as Error);
});
