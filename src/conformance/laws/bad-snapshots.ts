import type { BurrowStore } from "../../contract/index.ts";
import { expectRejection, expectThat } from "../expectation.ts";
import { law } from "../make-law.ts";
import { apply, boundary, bytesOf, delta, inputState, receipt, sessionId, sessionText } from "../samples.ts";
import { expectNothingWritten, furnish, FURNISHED } from "../whole-store.ts";

const SOUND = sessionText(sessionId(1), { messages: '[{"role":"user","content":"é"}]', metadata: '{"a":[1]}' });

const withMessages = (messages: string): string => sessionText(sessionId(1), { messages });
const withMember = (member: string, value: string): string =>
  SOUND.replace(new RegExp(`"${member}":[^,]*,`), `"${member}":${value},`);
const joined = (...parts: readonly (string | number)[]): Uint8Array<ArrayBuffer> =>
  new Uint8Array(parts.flatMap((part) => (typeof part === "number" ? [part] : [...bytesOf(part)])));

const MALFORMED_JSON = [
  "",
  " ",
  "session-data",
  "{",
  `${SOUND}}`,
  `${SOUND},`,
  `\ufeff${SOUND}`,
  SOUND.replace("{", "{,"),
  SOUND.replaceAll('"', "'"),
  withMember("version", "01"),
  withMember("version", "+1"),
  withMember("version", "NaN"),
  withMessages('[{"role":"user","content":"\t"}]'),
  withMessages('[{"role":"user","content":"\\x"}]'),
  withMessages('[{"role":"user","content":"\\ud800"}]'),
  withMessages('[{"role":"user","content":"x"},]'),
];

const NO_SESSIONS = [
  "null",
  "7",
  '"text"',
  "[]",
  "{}",
  `[1,"${sessionId(1)}",[],[1,2]]`,
  SOUND.replace(`"id":"${sessionId(1)}",`, ""),
  SOUND.replace('"messages"', '"massages"'),
  withMember("version", "-1"),
  withMember("version", "1.0"),
  withMember("version", "null"),
  withMember("version", "4294967296"),
  withMember("id", "7"),
  withMember("id", '"nonsense"'),
  SOUND.replace('"version":1', '"version":1,"version":1'),
  SOUND.replace('"metadata":{"a":[1]}', '"metadata":null'),
  SOUND.replace('"metadata":{"a":[1]}', '"metadata":[]'),
  SOUND.replace('"metadata":{"a":[1]}', '"metadata":{"a":1e400}'),
  SOUND.replace('"nanos_since_epoch":0', '"nanos_since_epoch":0,"more":1'),
  SOUND.replace('"nanos_since_epoch":0', '"nanos_since_epoch":4294967296'),
  SOUND.replace('"secs_since_epoch":1700000000', '"secs_since_epoch":-1'),
  SOUND.replace('"input_tokens":0', '"input_tokens":18446744073709551616'),
  withMessages("{}"),
  withMessages("null"),
  withMessages("[7]"),
  withMessages('[{"role":"oracle","content":"x"}]'),
  withMessages('[{"content":"x"}]'),
  withMessages('[{"role":"user"}]'),
  withMessages('[{"role":"user","role":"user","content":"x"}]'),
  withMessages('[{"role":"user","content":7}]'),
  withMessages('[{"role":"system","content":[{"type":"text","text":"x"}]}]'),
  withMessages('[{"role":"user","content":[{"type":"image","media_type":"image/png"}]}]'),
  withMessages('[{"role":"user","content":[{"type":"hologram"}]}]'),
  withMessages('[{"role":"assistant","content":"x","stop_reason":"end_turn"}]'),
  withMessages('[{"role":"block_assistant","blocks":[],"stop_reason":"bored"}]'),
  withMessages('[{"role":"tool_results","results":[{"tool_use_id":"a","content":"x","is_error":null}]}]'),
  withMessages(`[{"role":"user","content":"x","unknown":${"[".repeat(126)}${"]".repeat(126)}}]`),
  withMessages("[".repeat(200_000)),
];

const NOT_UTF8 = [
  joined('{"version":1,"id":"', 0xff, '"}'),
  joined(SOUND.slice(0, SOUND.indexOf("é")), 0xc3, SOUND.slice(SOUND.indexOf("é") + 1)),
  joined(SOUND.slice(0, SOUND.indexOf("é")), 0xc0, 0x80, SOUND.slice(SOUND.indexOf("é") + 1)),
  joined(SOUND.slice(0, SOUND.indexOf("é")), 0xed, 0xa0, 0x80, SOUND.slice(SOUND.indexOf("é") + 1)),
  joined('{"', 0x80, '":1,', SOUND.slice(1)),
  new Uint8Array(64),
  bytesOf(SOUND).map((byte) => byte ^ 0x80),
];

async function expectAllRefused(store: BurrowStore, snapshots: readonly Uint8Array[]): Promise<void> {
  await furnish(store);
  await expectNothingWritten(store, async () => {
    for (const bytes of snapshots) {
      const what = new TextDecoder().decode(bytes.subarray(0, 300));
      const sessionDelta = delta(bytes);
      const calls = [
        () => store.commitSessionBoundary(FURNISHED, boundary({ sessionDelta, inputUpdates: [inputState(8)] })),
        () =>
          store.atomicApply(
            FURNISHED,
            apply({ receipt: receipt({ sequence: 50 }), sessionDelta, inputUpdates: [inputState(8)] }),
          ),
        () => store.sessions.save(bytes),
      ];
      for (const call of calls) {
        const { byteOffset } = await expectRejection(call, "invalid_snapshot", {}, what);
        const isInside = byteOffset !== undefined && byteOffset >= 0 && byteOffset <= bytes.length;
        expectThat(isInside, `the byte offset ${String(byteOffset)} lies outside ${what}`);
      }
    }
  });
}

export const badSnapshotLaws = [
  law("A snapshot that is no JSON is refused by every operation that takes one, and nothing is written", (store) =>
    expectAllRefused(store, MALFORMED_JSON.map(bytesOf)),
  ),

  law("A snapshot that is no session is refused by every operation that takes one, and nothing is written", (store) =>
    expectAllRefused(store, NO_SESSIONS.map(bytesOf)),
  ),

  law("A snapshot that is not UTF-8 is refused by every operation that takes one, and nothing is written", (store) =>
    expectAllRefused(store, NOT_UTF8),
  ),

  law("A snapshot cut off anywhere is refused by every operation that takes one, and nothing is written", (store) => {
    const whole = bytesOf(SOUND);
    return expectAllRefused(
      store,
      Array.from({ length: 24 }, (_, n) => whole.subarray(0, Math.floor((whole.length * n) / 24))),
    );
  }),

  law("A bad snapshot does not stop the next good one", async (store) => {
    for (const text of NO_SESSIONS.slice(0, 3)) {
      await expectRejection(
        () => store.commitSessionBoundary("r", boundary({ sessionDelta: delta(bytesOf(text)) })),
        "invalid_snapshot",
      );
      await store.commitSessionBoundary("r", boundary({ sessionDelta: delta(bytesOf(SOUND)) }));
    }
  }),
];
