import type { BurrowStore } from "../../contract/index.ts";
import { expectEqual } from "../expectation.ts";
import { law } from "../make-law.ts";
import { boundary, delta, EMPTY_DIGEST, runId, sessionId, sessionText, snapshot, bytesOf } from "../samples.ts";

const ONE_WORD = "aa97aaaade8ba2434d8f425b2568ff44673185dedebbb248eede8324edd582a1";
const TOOL_TURN = "33be6cf0885a4b956f782ffcda31737dd9cbe202db6dbbd0e232c04a149234ed";

const toolTurn = (args: string, result: string): string =>
  `[{"role":"system","content":"S"},{"role":"user","content":"hi"},` +
  `{"role":"block_assistant","blocks":[{"block_type":"text","data":{"text":"ok"}},` +
  `{"block_type":"tool_use","data":{"id":"t1","name":"read","args":${args}}}],"stop_reason":"tool_use"},` +
  `{"role":"tool_results","results":[{"tool_use_id":"t1","content":${result}}]}]`;

/** What the native runtime answered (meerkat v0.5.2 with serde_json 1.0.149): messages, their number, their digest. */
const NATIVE_ANSWERS: readonly (readonly [messages: string, count: number, digest: string])[] = [
  ["[]", 0, EMPTY_DIGEST],
  [" [ ] ", 0, EMPTY_DIGEST],
  ['[{"role":"user","content":"x"}]', 1, ONE_WORD],
  ['[["user","x"]]', 1, ONE_WORD],
  [
    '[ { "content" : [{"text":"x","type":"text"}], "unknown": 1, "role" : "user", "render_metadata": null } ]',
    1,
    ONE_WORD,
  ],
  [toolTurn('{"path":"/tmp","n":1.0}', '"done"'), 4, TOOL_TURN],
  [toolTurn('{ "n" : 10e-1 , "path" : "\\/tmp" }', '[{"type":"text","text":"done"}]'), 4, TOOL_TURN],
  [toolTurn('{"n":2,"path":"/tmp","n":1.0}', '"done"'), 4, TOOL_TURN],
  [
    '[{"role":"user","content":"[SYSTEM NOTICE][TOOL_SCOPE] Tool configuration changed.","render_metadata":{"class":"tool_scope_notice"}}]',
    1,
    "9be143545358e1b38f0a2b78a83daa7b9edee7ea687d68ce937326ac33f8c447",
  ],
  [
    '[{"role":"user","content":"h\\u00e9llo \\ud83d\\ude00\\u2028\\u0007"}]',
    1,
    "96290ad63ccf836b0e151673cdc190c85319e94a8283b22ae5a7b4b58bf19b21",
  ],
];

async function digestIn(store: BurrowStore, sessionSnapshot: Uint8Array): Promise<string | undefined> {
  const { conversation_digest } = await store.commitSessionBoundary(
    "r",
    boundary({ sessionDelta: delta(sessionSnapshot) }),
  );
  return conversation_digest;
}

export const digestLaws = [
  law("A receipt carries the digest and the message count that the native runtime would have minted", async (store) => {
    for (const [messages, count, digest] of NATIVE_ANSWERS) {
      const sessionDelta = delta(snapshot(sessionId(1), { messages }));
      const minted = await store.commitSessionBoundary("r", boundary({ sessionDelta }));
      expectEqual([minted.conversation_digest, minted.message_count], [digest, count], messages);
      const head = await store.loadRuntimeHead("r");
      expectEqual([head?.conversation_digest, head?.message_count], [digest, count], `the head after ${messages}`);
    }
  }),

  law("The digest covers the messages alone", async (store) => {
    const messages = '[{"role":"user","content":"x"}]';
    const others = { messages, metadata: '{"title":"t"}', createdAt: 1, updatedAt: 2 };
    expectEqual(await digestIn(store, snapshot(sessionId(1), others)), ONE_WORD, "with other times and metadata");
    expectEqual(await digestIn(store, snapshot(sessionId(2), { messages })), ONE_WORD, "of another session");
    const spaced = sessionText(sessionId(1), { messages })
      .replaceAll(",", " ,\n\t")
      .replace('"version":1', '"version":9,"new":{}');
    expectEqual(await digestIn(store, bytesOf(spaced)), ONE_WORD, "of another spelling");
  }),

  law("The digest tells a big integer from its neighbour and 1 from 1.0", async (store) => {
    const digests = new Set<string | undefined>();
    for (const number of ["1", "1.0", "9007199254740992", "9007199254740993", "18446744073709551615"]) {
      digests.add(await digestIn(store, snapshot(sessionId(1), { messages: toolTurn(`{"n":${number}}`, '""') })));
    }
    expectEqual(digests.size, 5, "the number of different digests");
  }),

  law(
    "The digest of a conversation is the same when it grew turn by turn, was cut back, and grew again",
    async (store) => {
      const turns = ["one", "two", "three", "four"].map((text) => `{"role":"user","content":"${text}"}`);
      const grown = (length: number): Uint8Array =>
        snapshot(sessionId(1), { messages: `[${turns.slice(0, length).join(",")}]` });
      const fresh = new Map<number, string | undefined>();
      for (const length of [0, 1, 2, 3, 4]) {
        const minted = await store.commitSessionBoundary(
          `fresh ${length}`,
          boundary({ sessionDelta: delta(grown(length)), runId: runId(2) }),
        );
        fresh.set(length, minted.conversation_digest);
      }
      for (const length of [1, 2, 4, 3, 0, 4, 2]) {
        expectEqual(await digestIn(store, grown(length)), fresh.get(length), `the digest of ${length} messages`);
      }
    },
  ),
];
