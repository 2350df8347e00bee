import { utf8 } from "../json/documents.ts";

export const SESSION_ID = "01890a5d-ac96-774b-bcce-b302099a8057";
export const TIME = '{"secs_since_epoch":1700000000,"nanos_since_epoch":123456789}';

/** The bytes of a session with these messages, each given as JSON text, and with other members as they are spelled. */
export function sessionOf(
  messages: readonly string[],
  members: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const spelled: Record<string, string> = {
    version: "1",
    id: `"${SESSION_ID}"`,
    messages: `[${messages.join(",")}]`,
    created_at: TIME,
    updated_at: TIME,
    ...members,
  };
  return objectOf(spelled);
}

/** The bytes of an object with these members, each given as JSON text. */
export function objectOf(members: Readonly<Record<string, string>>): Uint8Array<ArrayBuffer> {
  return utf8(
    `{${Object.entries(members)
      .map(([name, value]) => `"${name}":${value}`)
      .join(",")}}`,
  );
}

/** Messages of all roles, with what each is canonically. */
export const MESSAGES: readonly (readonly [json: string, canonical: string])[] = [
  ['{"content":"S","role":"system"}', '{"role":"system","content":"S"}'],
  [
    '{"role":"user","content":[{"type":"text","text":"h\\u00e9llo \\ud83d\\ude00"}]}',
    '{"role":"user","content":"héllo 😀"}',
  ],
  [
    '{"role":"user","content":"[SYSTEM NOTICE] hello\\/","render_metadata":{"class":"system_notice"}}',
    '{"role":"system_notice","kind":"generic","body":"hello/"}',
  ],
  [
    '{"role":"block_assistant","stop_reason":"tool_use","blocks":[{"data":{"text":"ok","x":[1e2]},"block_type":"text"},' +
      '{"block_type":"tool_use","data":{"id":"t1","name":"read","args":{"path":"/tmp","n":1.0,"n":12345678901234567890}}}]}',
    '{"role":"block_assistant","blocks":[{"block_type":"text","data":{"text":"ok"}},' +
      '{"block_type":"tool_use","data":{"id":"t1","name":"read","args":{"n":12345678901234567890,"path":"/tmp"}}}],"stop_reason":"tool_use"}',
  ],
  [
    ' {"role":"tool_results","results":[{"tool_use_id":"t1","content":"done"}]} ',
    '{"role":"tool_results","results":[{"tool_use_id":"t1","content":"done","is_error":false}]}',
  ],
  [
    '["assistant","x",[],"end_turn",[1,2,null,3]]',
    '{"role":"assistant","content":"x","tool_calls":[],"stop_reason":"end_turn",' +
      '"usage":{"input_tokens":1,"output_tokens":2,"cache_creation_tokens":null,"cache_read_tokens":3}}',
  ],
];
