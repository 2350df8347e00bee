import { describe, expect, test } from "vitest";
import { canonicalMessages, canonicalSession, conversationDigest } from "../../src/digest/index.ts";
import { readSnapshot } from "../../src/digest/read-snapshot.ts";
import { decoded, refusal, utf8 } from "../json/documents.ts";
import { MESSAGES, SESSION_ID, TIME, objectOf, sessionOf } from "./sessions.ts";

const digestOf = (...messages: string[]): string => conversationDigest(sessionOf(messages)).conversation_digest;

describe("the conversation digest", () => {
  test("of no messages", () => {
    expect(digestOf()).toBe("4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945");
  });

  test.each(['{"role":"user","content":"x"}', '["user","x"]'])("of %s", (message) => {
    expect(digestOf(message)).toBe("aa97aaaade8ba2434d8f425b2568ff44673185dedebbb248eede8324edd582a1");
  });

  test.each([
    ['{"path":"/tmp","n":1.0}', '"done"'],
    ['{"n":1.0,"path":"/tmp"}', '[{"type":"text","text":"done"}]'],
  ])("of a turn with a tool call %s", (args, result) => {
    const digest = digestOf(
      '{"role":"system","content":"S"}',
      '{"role":"user","content":"hi"}',
      '{"role":"block_assistant","blocks":[{"block_type":"text","data":{"text":"ok"}},' +
        `{"block_type":"tool_use","data":{"id":"t1","name":"read","args":${args}}}],"stop_reason":"tool_use"}`,
      `{"role":"tool_results","results":[{"tool_use_id":"t1","content":${result}}]}`,
    );
    expect(digest).toBe("33be6cf0885a4b956f782ffcda31737dd9cbe202db6dbbd0e232c04a149234ed");
  });

  test("of an old notice", () => {
    const content = '"[SYSTEM NOTICE][TOOL_SCOPE] Tool configuration changed."';
    const message = `{"role":"user","content":${content},"render_metadata":{"class":"tool_scope_notice"}}`;
    expect(digestOf(message)).toBe("9be143545358e1b38f0a2b78a83daa7b9edee7ea687d68ce937326ac33f8c447");
  });

  test("of text beyond ASCII", () => {
    expect(digestOf('{"role":"user","content":"héllo 😀\\u2028\\u0007"}')).toBe(
      "96290ad63ccf836b0e151673cdc190c85319e94a8283b22ae5a7b4b58bf19b21",
    );
  });
});

test("the messages of every role are written canonically", () => {
  const session = sessionOf(MESSAGES.map(([json]) => json));
  expect(decoded(canonicalMessages(session))).toBe(`[${MESSAGES.map(([, canonical]) => canonical).join(",")}]`);
});

test("a session is written with all its members in order", () => {
  const metadata = '{"b":{"$serde_json::private::RawValue":" 1e2 "},"$serde_json::private::RawValue":7,"a":"\ufeff"}';
  const session = objectOf({
    usage: '{"output_tokens":18446744073709551615,"input_tokens":1}',
    updated_at: "[1,4294967295]",
    created_at: '{"nanos_since_epoch":0,"secs_since_epoch":9223372036854775807}',
    metadata: `{"a":0,${metadata.slice(1)}`,
    messages: "[ ]",
    unknown: "[1]",
    id: `"urn:uuid:${SESSION_ID.toUpperCase()}"`,
  });
  expect(decoded(canonicalSession(session))).toBe(
    `{"version":1,"id":"${SESSION_ID}","messages":[],` +
      '"created_at":{"secs_since_epoch":9223372036854775807,"nanos_since_epoch":0},' +
      '"updated_at":{"secs_since_epoch":5,"nanos_since_epoch":294967295},' +
      '"metadata":{"$serde_json::private::RawValue":7,"a":"\ufeff","b":100.0},' +
      '"usage":{"input_tokens":1,"output_tokens":18446744073709551615,"cache_creation_tokens":null,"cache_read_tokens":null}}',
  );
});

describe("the reading of a snapshot", () => {
  test("has its figures, exact and in safe numbers", () => {
    const reading = readSnapshot(
      sessionOf(['["user","x"]'], {
        version: "4294967295",
        created_at: '{"secs_since_epoch":1700000000,"nanos_since_epoch":123999999}',
        updated_at: '{"secs_since_epoch":9007199254741,"nanos_since_epoch":0}',
        usage: "[3,4,null,18446744073709551615]",
        metadata: '{"b":1,"a":2}',
      }),
    );
    expect(reading).toMatchObject({
      session_id: SESSION_ID,
      version: 4294967295,
      conversation_digest: "aa97aaaade8ba2434d8f425b2568ff44673185dedebbb248eede8324edd582a1",
      message_count: 1,
      created_at: { secs_since_epoch: 1700000000n, nanos_since_epoch: 123999999 },
      created_at_ms: 1700000000123,
      updated_at_ms: Number.MAX_SAFE_INTEGER,
      total_tokens: 7,
      usage: {
        input_tokens: 3n,
        output_tokens: 4n,
        cache_creation_tokens: null,
        cache_read_tokens: 18446744073709551615n,
      },
      metadata: '{"a":2,"b":1}',
      form: "object",
    });
    expect(readSnapshot(sessionOf([], { usage: "[18446744073709551615,1,null,null]" })).total_tokens).toBe(
      Number.MAX_SAFE_INTEGER,
    );
  });

  test("tells where the members stand", () => {
    const session = utf8(
      ` { "x" : 1, "messages" :\n[ ["user","x"] ] ,"id": "${SESSION_ID}", "created_at":[1,2] ,"updated_at":${TIME}}`,
    );
    const { spans } = readSnapshot(session);
    const spelled = Object.entries(spans).map(([name, { start, end }]) => [
      name,
      decoded(session.subarray(start, end)),
    ]);
    expect(Object.fromEntries(spelled)).toEqual({
      messages: '[ ["user","x"] ]',
      id: `"${SESSION_ID}"`,
      created_at: "[1,2]",
      updated_at: TIME,
    });
  });

  test("is the same of an array of the members", () => {
    const members = ["2", `"${SESSION_ID}"`, '[["user","x"],["system","y"]]', TIME, TIME, '{"a":1}', "[1,2,3,4]"];
    const names = ["version", "id", "messages", "created_at", "updated_at", "metadata", "usage"];
    for (const count of [5, 6, 7]) {
      const { form, spans, ...array } = readSnapshot(utf8(`[${members.slice(0, count).join(" , ")}]`));
      const asObject = Object.fromEntries(names.slice(0, count).map((name, index) => [name, members[index] ?? ""]));
      expect(readSnapshot(objectOf(asObject))).toMatchObject(array);
      expect(form).toBe("array");
      expect(Object.keys(spans)).toEqual(names.slice(0, count));
    }
    expect(refusal(() => readSnapshot(utf8(`[${members.slice(0, 4).join(",")}]`))).detail).toContain("missing field");
    expect(refusal(() => readSnapshot(utf8(`[${members.join(",")},1]`))).detail).toContain("too many");
  });
});

describe("what nobody knows at the level of the session", () => {
  test.each([
    ["numbers of any size", "1e999"],
    ["lone surrogates", '"\\ud800"'],
    ["names with lone surrogates, repeated", '{"\\udc00":1,"\\udc00":[]}'],
    ["a million containers", "[".repeat(1_000_000) + "]".repeat(1_000_000)],
    ["a million objects", '{"a":'.repeat(1_000_000) + "1" + "}".repeat(1_000_000)],
  ])("may hold %s", (_name, value) => {
    expect(readSnapshot(sessionOf([], { unknown: value, x: value })).message_count).toBe(0);
    const usage = `{"input_tokens":1,"unknown":${value},"output_tokens":2,"unknown":${value}}`;
    expect(readSnapshot(sessionOf([], { usage })).total_tokens).toBe(3);
  });

  test("may hold bytes that are no UTF-8", () => {
    const [before = "", after = ""] = decoded(sessionOf([], { unknown: '["?",{"?":1}]' })).split("?", 2);
    const rest = decoded(sessionOf([], { unknown: '["?",{"?":1}]' })).slice(before.length + 1 + after.length + 1);
    const session = Buffer.concat([
      utf8(before),
      Buffer.from("fffe", "hex"),
      utf8(after),
      Buffer.from("80", "hex"),
      utf8(rest),
    ]);
    expect(readSnapshot(session).message_count).toBe(0);
  });

  test.each(["[1,]", '{"a":1,}', '{"a"}', "[1 2]", "01", "1.", "-", "tru", '"\\u12"', '"\\x"', '"\u0001"', "[}", "{]"])(
    "is JSON all the same: %s",
    (value) => {
      expect(refusal(() => readSnapshot(sessionOf([], { unknown: value }))).code).toBe("invalid_snapshot");
    },
  );
});

describe("a snapshot is refused", () => {
  test.each([
    ["nothing", utf8("")],
    ["white space", utf8(" \n")],
    ["a byte order mark", Buffer.concat([utf8("\ufeff"), sessionOf([])])],
    ["something behind it", Buffer.concat([sessionOf([]), utf8("x")])],
    ["a string", utf8('"session"')],
    ["an empty object", utf8("{}")],
    ["an empty array", utf8("[]")],
    ["a message with a member at which it is too deep", sessionOf([`["user","x",${"[".repeat(126)}`])],
    ["a version that is a float", sessionOf([], { version: "1.0" })],
    ["a version of 33 bits", sessionOf([], { version: "4294967296" })],
    ["a negative version", sessionOf([], { version: "-1" })],
    ["an id that is none", sessionOf([], { id: '"x"' })],
    ["an id that is a number", sessionOf([], { id: "5" })],
    ["a huge id", sessionOf([], { id: `"${"0".repeat(1_000_000)}"` })],
    ["messages that are an object", sessionOf([], { messages: "{}" })],
    ["messages that are null", sessionOf([], { messages: "null" })],
    ["a comma too many", sessionOf(['["user","x"]', ""])],
    ["a time with a third member", sessionOf([], { created_at: '{"secs_since_epoch":1,"nanos_since_epoch":1,"x":1}' })],
    ["a time with a member twice", sessionOf([], { created_at: '{"secs_since_epoch":1,"secs_since_epoch":1}' })],
    ["a time of one element", sessionOf([], { created_at: "[1]" })],
    ["a time of three elements", sessionOf([], { created_at: "[1,1,1]" })],
    ["a time beyond 2^63-1 seconds", sessionOf([], { created_at: "[9223372036854775808,0]" })],
    ["a time that is carried beyond them", sessionOf([], { updated_at: "[9223372036854775807,1000000000]" })],
    ["a time with 33 bits of nanoseconds", sessionOf([], { updated_at: "[1,4294967296]" })],
    ["metadata that are an array", sessionOf([], { metadata: "[]" })],
    ["metadata that are null", sessionOf([], { metadata: "null" })],
    ["metadata beyond the range of numbers", sessionOf([], { metadata: '{"a":1e400}' })],
    ["usage without output tokens", sessionOf([], { usage: '{"input_tokens":1}' })],
    ["usage of two elements", sessionOf([], { usage: "[1,2]" })],
    ["usage that is null", sessionOf([], { usage: "null" })],
    ["a name with a lone surrogate", sessionOf([], { "\\ud800": "1" })],
  ])("%s", (_name, bytes) => {
    const error = refusal(() => readSnapshot(bytes));
    expect(error.code).toBe("invalid_snapshot");
    expect(error.byteOffset).toBeLessThanOrEqual(bytes.length);
  });

  test.each(["version", "id", "messages", "created_at", "updated_at", "metadata", "usage"])("%s twice", (name) => {
    const value =
      { messages: "[]", metadata: "{}", usage: "[1,2,3,4]", id: `"${SESSION_ID}"`, version: "1" }[name] ?? TIME;
    const once = decoded(sessionOf([], { [name]: value }));
    const twice = utf8(`${once.slice(0, -1)},"${name}":${value}}`);
    expect(refusal(() => readSnapshot(twice))).toMatchObject({ code: "invalid_snapshot", byteOffset: once.length });
  });

  test.each(["id", "messages", "created_at", "updated_at"])("without %s", (name) => {
    const bytes = utf8(decoded(sessionOf([])).replace(`"${name}"`, '"other"'));
    expect(refusal(() => readSnapshot(bytes))).toMatchObject({
      detail: `missing field \`${name}\` at byte ${bytes.length - 1}`,
      byteOffset: bytes.length - 1,
    });
  });

  test("what is no Uint8Array", () => {
    const others: readonly unknown[] = [undefined, "{}", [], new ArrayBuffer(8), new Uint16Array(4)];
    for (const given of others) {
      for (const read of [readSnapshot, conversationDigest, canonicalMessages, canonicalSession]) {
        expect(refusal(() => read(given as Uint8Array)).code).toBe("invalid_input");
      }
    }
  });
});

describe("the depth of 127 counts", () => {
  const nested = (depth: number): string => "[".repeat(depth) + "]".repeat(depth);

  test.each([
    ["messages", 124, (value: string) => sessionOf([`{"role":"user","content":"x","unknown":${value}}`])],
    ["metadata", 125, (value: string) => sessionOf([], { metadata: `{"a":${value}}` })],
  ])("in %s", (_name, depth, sessionWith) => {
    expect(readSnapshot(sessionWith(nested(depth))).session_id).toBe(SESSION_ID);
    expect(refusal(() => readSnapshot(sessionWith(nested(depth + 1)))).detail).toContain("recursion limit");
  });
});
