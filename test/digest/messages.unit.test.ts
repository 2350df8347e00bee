import { describe, expect, test } from "vitest";
import { canonicalMessage } from "../../src/digest/message.ts";
import { decoded, refusal } from "../json/documents.ts";
import { readVectors } from "../vectors/read-vectors.ts";

const canonical = (json: string | Uint8Array): string => decoded(canonicalMessage(json));

describe("recorded messages", () => {
  test.each(readVectors("basics", "message"))("line $line", ({ input, ok, output }) => {
    if (ok) expect(canonical(input)).toBe(output);
    else expect(refusal(() => canonicalMessage(input)).code).toBe("invalid_snapshot");
  });
});

const assistant = (blocks: string): string =>
  `{"role":"block_assistant","blocks":[${blocks}],"stop_reason":"end_turn"}`;
const toolUse = (args: string): string =>
  assistant(`{"block_type":"tool_use","data":{"id":"i","name":"n","args":${args}}}`);
const user = (content: string, more = ""): string => `{"role":"user","content":${content}${more}}`;
const image = (members: string): string => user(`[{"type":"image","media_type":"image/png"${members}}]`);
const notice = (text: string, renderClass: string): string =>
  user(JSON.stringify(text), `,"render_metadata":{"class":"${renderClass}"}`);
const rendered = (text: string, renderClass: string): string =>
  user(JSON.stringify(text), `,"render_metadata":{"class":"${renderClass}","salience":"normal"}`);
const converted = (kind: string, body: string): string =>
  `{"role":"system_notice","kind":"${kind}","body":${JSON.stringify(body)}}`;

describe("a message is written", () => {
  test.each([
    ["with its role first", '{"content":"hi","role":"user"}', user('"hi"')],
    ["with a name that is escaped", '{"r\\u006fle":"us\\u0065r","content":"x"}', user('"x"')],
    ["without members that nobody knows, repeated or not", user('"x"', ',"unk":1,"unk":{"a":[1]}'), user('"x"')],
    ["from an array, its role first", '["user","hi",{"class":"flow_step"}]', rendered("hi", "flow_step")],
    [
      "from an array of its one field",
      '["tool_results",[["a","b",true]]]',
      '{"role":"tool_results","results":[{"tool_use_id":"a","content":"b","is_error":true}]}',
    ],
    ["with an array of no blocks", user("[]"), user("[]")],
    [
      "with two blocks of text",
      user('[["text","a"],{"type":"text","text":"b"}]'),
      user('[{"type":"text","text":"a"},{"type":"text","text":"b"}]'),
    ],
    ["with one block of text as a string", user('[{"text":"a","type":"text","type2":1}]'), user('"a"')],
    [
      "with an inline image",
      image(',"data":"A","source":"inline","blob_id":1,"blob_id":2'),
      image(',"source":"inline","data":"A"'),
    ],
    [
      "with an image in a blob",
      image(',"data":"A","data":[],"source":"blob","blob_id":"b"'),
      image(',"source":"blob","blob_id":"b"'),
    ],
    [
      "with a video",
      user('[{"source":"inline","type":"video","data":"v","duration_ms":0,"media_type":""}]'),
      user('[{"type":"video","media_type":"","duration_ms":0,"source":"inline","data":"v"}]'),
    ],
    [
      "with the numbers of its content's variants",
      user('[{"type":1,"media_type":"m","source":1,"blob_id":"b"},[0,"t"]]'),
      user('[{"type":"image","media_type":"m","source":"blob","blob_id":"b"},{"type":"text","text":"t"}]'),
    ],
    [
      "with enums as objects of nothing",
      '{"role":"system_notice","kind":{"mcp_pending":null},"body":""}',
      converted("mcp_pending", ""),
    ],
    [
      "with enums as objects of an empty object",
      '{"role":"block_assistant","blocks":[],"stop_reason":{"cancelled":{}}}',
      '{"role":"block_assistant","blocks":[],"stop_reason":"cancelled"}',
    ],
    [
      "with a block's type as an object",
      assistant('{"block_type":{"text":null},"data":{"text":"t"}}'),
      assistant('{"block_type":"text","data":{"text":"t"}}'),
    ],
    [
      "with a block as an array",
      assistant('["reasoning",{"meta":["gemini","s"]}]'),
      assistant('{"block_type":"reasoning","data":{"text":"","meta":{"provider":"gemini","thoughtSignature":"s"}}}'),
    ],
    [
      "with the number of a provider",
      assistant('{"block_type":"text","data":{"text":"","meta":{"provider":4,"id":"r","encrypted_content":null}}}'),
      assistant('{"block_type":"text","data":{"text":"","meta":{"provider":"open_ai","id":"r"}}}'),
    ],
    [
      "with arguments in their canonical form",
      toolUse('{"b":1,"a":{"d":1.0,"c":[1e2,-0]},"b":2}'),
      toolUse('{"a":{"c":[100.0,-0.0],"d":1.0},"b":2}'),
    ],
    [
      "with arguments that are a raw value",
      toolUse('{"$serde_json::private::RawValue":"{\\"b\\":1,\\"a\\":2}"}'),
      toolUse('{"a":2,"b":1}'),
    ],
    [
      "with keys in code point order",
      toolUse('{"b":1,"10":1,"9":1,"":1,"B":1,"é":1,"z":1,"😀":1,"\uffee":1,"a":1}'),
      toolUse('{"":1,"10":1,"9":1,"B":1,"a":1,"b":1,"z":1,"é":1,"\uffee":1,"😀":1}'),
    ],
  ])("%s", (_name, json, expected) => {
    expect(canonical(json)).toBe(expected);
  });
});

describe("an old notice becomes one", () => {
  test.each([
    ["[SYSTEM NOTICE][TOOL_SCOPE][WARNING] a", "tool_scope_notice", converted("tool_scope_warning", "a")],
    ["[SYSTEM NOTICE][TOOL_SCOPE] a", "tool_scope_notice", converted("tool_scope", "a")],
    ["[SYSTEM NOTICE][MCP_PENDING] a", "system_notice", converted("mcp_pending", "a")],
    ["[SYSTEM NOTICE][BG_JOB] a", "ops_progress", converted("background_job", "a")],
    ["[SYSTEM NOTICE] a\n", "system_notice", converted("generic", "a\n")],
    ["[SYSTEM NOTICE] ", "system_notice", converted("generic", "")],
    ["[SYSTEM NOTICE] [TOOL_SCOPE] x", "system_notice", converted("generic", "[TOOL_SCOPE] x")],
    [
      "[SYSTEM NOTICE][TOOL_SCOPE][WARNING]x",
      "tool_scope_notice",
      rendered("[SYSTEM NOTICE][TOOL_SCOPE][WARNING]x", "tool_scope_notice"),
    ],
    ["[SYSTEM NOTICE]hello", "system_notice", rendered("[SYSTEM NOTICE]hello", "system_notice")],
    [
      "[SYSTEM NOTICE][MCP_PENDING] x",
      "tool_scope_notice",
      rendered("[SYSTEM NOTICE][MCP_PENDING] x", "tool_scope_notice"),
    ],
    ["[SYSTEM NOTICE] x", "flow_step", rendered("[SYSTEM NOTICE] x", "flow_step")],
  ])("%s of class %s", (text, renderClass, expected) => {
    expect(canonical(notice(text, renderClass))).toBe(expected);
  });

  test.each([
    [
      "joined by a line",
      '["text","[SYSTEM NOTICE] a"],{"type":"image","media_type":"image/png","source":"blob","blob_id":"b"}',
      "a\n[image: image/png]",
    ],
    ["with nothing for empty texts", '["text",""],["text","[SYSTEM NOTICE] a"],["text",""],["text","b"]', "a\nb"],
    [
      "with a video",
      '["text","[SYSTEM NOTICE] "],{"type":"video","media_type":"m","duration_ms":1,"source":"inline","data":""}',
      "\n[video: m]",
    ],
  ])("from blocks, %s", (_name, blocks, body) => {
    expect(canonical(user(`[${blocks}]`, ',"render_metadata":["system_notice"]'))).toBe(converted("generic", body));
  });

  test("only with metadata", () => {
    const json = user('"[SYSTEM NOTICE] a"');
    expect(canonical(json)).toBe(json);
    expect(canonical(user('"[SYSTEM NOTICE] a"', ',"render_metadata":null'))).toBe(json);
  });
});

describe("a message is refused at the byte behind the caret", () => {
  test.each([
    '{"role":^0,"content":"x"}',
    '{"role":^{"user":null},"content":"x"}',
    '{"role":"user","content":"x",^"role":"user"}',
    '{"role":"user","content":"x",^"\\u0063ontent":"x"}',
    '^{"content":"x"}',
    '^["user"]',
    "^[]",
    "^5",
    '["user","hi",null,^5]',
    '["assistant","x",[],"end_turn",^[1,2]]',
    '{"role":"system","content":^["x"]}',
    '{"role":"user","content":"x"}^}',
    user('^{"type":"text","text":"x"}'),
    user("^null"),
    user('[^["image","image/png","inline","x"]]'),
    user('[{"type":^3,"text":"x"}]'),
    user('[{"type":^1.0,"text":"x"}]'),
    user('[{"type":^-1,"text":"x"}]'),
    user('[{"type":"text","text":"x",^"text":"x"}]'),
    user('[["text","[SYSTEM NOTICE] a"],^{"type":"image","media_type":"m"}]', ',"render_metadata":["system_notice"]'),
    image(',"source":"inline","data":"d",^"source":"inline"'),
    image(',"source":^2,"data":"d"'),
    user('"x"', ',"render_metadata":{"class":^{"flow_step":null,"x":null}}'),
    user('"x"', ',"render_metadata":{"class":^{"flow_step":[]}}'),
    user('"x"', ',"render_metadata":{"class":^{}}'),
    user('"x"', ',"render_metadata":{"class":^2}'),
    user('"x"', ',"unknown":^1e400'),
    user('"x"', ',"unknown":"^\\ud800"'),
    assistant('{"block_type":^0,"data":{"text":"t"}}'),
    assistant('{"block_type":"text","data":^["t"]}'),
    assistant('["text",{"text":"t"},^1]'),
    assistant('{"block_type":"text","data":{"text":"t","meta":^["open_ai","id"]}}'),
    toolUse('{"$serde_json::private::RawValue":^5}'),
  ])("%s", (marked) => {
    const json = marked.replace("^", "");
    expect(refusal(() => canonicalMessage(json))).toMatchObject({
      code: "invalid_snapshot",
      byteOffset: marked.indexOf("^"),
    });
  });
});
