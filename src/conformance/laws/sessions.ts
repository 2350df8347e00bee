import type { SessionFilter } from "../../contract/index.ts";
import { expectEqual, expectPresent, expectRejection } from "../expectation.ts";
import { law } from "../make-law.ts";
import {
  apply,
  boundary,
  bytesOf,
  conversation,
  delta,
  receipt,
  sessionId,
  sessionText,
  snapshot,
  spellingsOf,
  textOf,
} from "../samples.ts";
import { expectNothingWritten } from "../whole-store.ts";

const usage = (input: number | string, output: number | string): string =>
  `{"input_tokens":${input},"output_tokens":${output},"cache_creation_tokens":1000,"cache_read_tokens":null}`;

export const sessionLaws = [
  law("A saved session is found again, and is gone when it is deleted", async (store) => {
    const saved = conversation(sessionId(1), "hello");
    await store.sessions.save(saved);
    expectEqual(await store.sessions.exists(sessionId(1)), true, "that it exists");
    expectEqual(await store.sessions.load(sessionId(1)), saved, "the session");
    await store.sessions.delete(sessionId(1));
    expectEqual(await store.sessions.exists(sessionId(1)), false, "that it exists once deleted");
    expectEqual(await store.sessions.load(sessionId(1)), undefined, "the deleted session");
    expectEqual(await store.sessions.list(), [], "the list");
  }),

  law("A session that nobody saved is absent, and deleting it is quiet", async (store) => {
    await store.sessions.save(snapshot(sessionId(1)));
    expectEqual(await store.sessions.exists(sessionId(2)), false, "that it exists");
    expectEqual(await store.sessions.load(sessionId(2)), undefined, "the session");
    await expectNothingWritten(store, () => store.sessions.delete(sessionId(2)));
  }),

  law("A session loads in the native runtime's canonical form, however it was spelt", async (store) => {
    const messages = '[{"role":"user","content":"é"},{"role":"tool_results","results":[]}]';
    const canonical = sessionText(sessionId(1), { messages, metadata: '{"B":{"a":1.0,"b":[]},"a":null}' });
    const spelt =
      ` { "unknown" : [1e999] , "metadata":{"a":0, "B" : {"b":[],"a":10e-1}, "a":null}, "usage":{"output_tokens":0,"input_tokens":0},` +
      `"updated_at":{"nanos_since_epoch":0,"secs_since_epoch":1700000001},"created_at":[1700000000,0],` +
      `"messages":[{"content":[{"type":"text","text":"\\u00e9","x":1}],"role":"user"},["tool_results",[]]],"id":"{${sessionId(1).toUpperCase()}}"}\n`;
    await store.sessions.save(bytesOf(spelt));
    const loaded = expectPresent(await store.sessions.load(sessionId(1)), "the session");
    expectEqual(textOf(loaded), canonical, "the session");
  }),

  law("A session saved twice is one session, as it was saved last, older or newer", async (store) => {
    for (const updatedAt of [1_700_000_005_000, 1_700_000_009_000, 1_700_000_001_000]) {
      const saved = snapshot(sessionId(1), { updatedAt, metadata: `{"saved":${updatedAt}}` });
      await store.sessions.save(saved);
      expectEqual(await store.sessions.load(sessionId(1)), saved, "the session");
      const listed = await store.sessions.list();
      expectEqual(
        listed.map((meta) => meta.metadata),
        [{ saved: updatedAt }],
        "the list",
      );
    }
  }),

  law("A listed session shows its times, counts and metadata", async (store) => {
    const messages = '[{"role":"user","content":"a"},{"role":"user","content":"b"}]';
    const metadata = '{"title":"t","deep":{"list":[1,null,true]}}';
    await store.sessions.save(snapshot(sessionId(1), { messages, metadata, usage: usage(10, 5) }));
    expectEqual(
      await store.sessions.list(),
      [
        {
          id: sessionId(1),
          created_at: { secs_since_epoch: 1_700_000_000, nanos_since_epoch: 0 },
          updated_at: { secs_since_epoch: 1_700_000_001, nanos_since_epoch: 0 },
          message_count: 2,
          total_tokens: 15,
          metadata: { title: "t", deep: { list: [1, null, true] } },
        },
      ],
      "the list",
    );
  }),

  law("The tokens of a listed session saturate at 2^53-1", async (store) => {
    const huge = ["9007199254740990", "18446744073709551615"];
    for (const [n, input] of huge.entries())
      await store.sessions.save(snapshot(sessionId(n), { usage: usage(input, 5) }));
    const listed = await store.sessions.list();
    expectEqual(
      listed.map((meta) => meta.total_tokens),
      huge.map(() => Number.MAX_SAFE_INTEGER),
      "the tokens",
    );
  }),

  law("Listed times are cut to the millisecond, and loaded ones are not", async (store) => {
    const exact = sessionText(sessionId(1)).replaceAll('"nanos_since_epoch":0', '"nanos_since_epoch":123999999');
    await store.sessions.save(bytesOf(exact));
    const [listed] = await store.sessions.list();
    expectEqual(listed?.created_at, { secs_since_epoch: 1_700_000_000, nanos_since_epoch: 123_000_000 }, "created_at");
    expectEqual(listed?.updated_at, { secs_since_epoch: 1_700_000_001, nanos_since_epoch: 123_000_000 }, "updated_at");
    expectEqual(await store.sessions.load(sessionId(1)), bytesOf(exact), "the session");
    expectEqual(
      (await store.sessions.list({ updatedAfter: 1_700_000_001_123 })).length,
      1,
      "the sessions from that millisecond on",
    );
    expectEqual(
      (await store.sessions.list({ updatedAfter: 1_700_000_001_124 })).length,
      0,
      "the sessions from the next on",
    );
  }),

  law("Sessions are listed by descending time of update, then by ascending id", async (store) => {
    const updates = [
      [4, 5000],
      [2, 9000],
      [9, 5000],
      [1, 1000],
      [3, 5000],
    ] as const;
    for (const [n, updatedAt] of updates)
      await store.sessions.save(snapshot(sessionId(n), { updatedAt, createdAt: updatedAt }));
    const listed = await store.sessions.list();
    expectEqual(
      listed.map((meta) => meta.id),
      [2, 3, 4, 9, 1].map(sessionId),
      "the sessions",
    );
  }),

  law("Sessions are filtered inclusively by their times, and paged in the order of the list", async (store) => {
    for (const n of [1, 2, 3, 4, 5]) {
      await store.sessions.save(snapshot(sessionId(n), { createdAt: 10_000 - n * 1000, updatedAt: 20_000 + n * 1000 }));
    }
    const pages: readonly (readonly [SessionFilter | undefined, readonly number[]])[] = [
      [undefined, [5, 4, 3, 2, 1]],
      [{}, [5, 4, 3, 2, 1]],
      [{ createdAfter: undefined, updatedAfter: undefined, limit: undefined, offset: undefined }, [5, 4, 3, 2, 1]],
      [{ updatedAfter: 23_000 }, [5, 4, 3]],
      [{ updatedAfter: 23_001 }, [5, 4]],
      [{ createdAfter: 8_000 }, [2, 1]],
      [{ createdAfter: 6_000, updatedAfter: 22_000 }, [4, 3, 2]],
      [{ updatedAfter: 99_000 }, []],
      [{ limit: 3 }, [5, 4, 3]],
      [{ limit: 0 }, []],
      [{ offset: 2 }, [3, 2, 1]],
      [{ offset: 9 }, []],
      [{ offset: 1, limit: 2 }, [4, 3]],
      [{ createdAfter: 6_000, offset: 1, limit: 2 }, [3, 2]],
    ];
    for (const [filter, expected] of pages) {
      const listed = await store.sessions.list(filter);
      expectEqual(
        listed.map((meta) => meta.id),
        expected.map(sessionId),
        JSON.stringify(filter) ?? "no filter",
      );
    }
  }),

  law("Sessions are found under every spelling of their id", async (store) => {
    const saved = snapshot(sessionId(0xabc));
    await store.sessions.save(saved);
    for (const spelling of spellingsOf(sessionId(0xabc))) {
      expectEqual(await store.sessions.exists(spelling), true, `that ${spelling} exists`);
      expectEqual(await store.sessions.load(spelling), saved, spelling);
    }
    await store.sessions.delete(`urn:uuid:${sessionId(0xabc)}`);
    expectEqual(await store.sessions.list(), [], "the list");
  }),

  law("Saving what is no session is refused and nothing is written", async (store) => {
    await store.sessions.save(snapshot(sessionId(1)));
    await expectNothingWritten(store, () =>
      expectRejection(() => store.sessions.save(bytesOf(sessionText(sessionId(1)).slice(0, -1))), "invalid_snapshot"),
    );
  }),

  law("A boundary that carries a snapshot writes its session to the catalog, in canonical form", async (store) => {
    const canonical = sessionText(sessionId(1), { messages: '[{"role":"user","content":"hello"}]' });
    const spaced = bytesOf(canonical.replaceAll(",", " ,\n"));
    await store.commitSessionBoundary("r", boundary({ sessionDelta: delta(spaced) }));
    expectEqual(await store.loadSessionSnapshot("r"), spaced, "the runtime's snapshot");
    expectEqual(await store.sessions.load(sessionId(1)), bytesOf(canonical), "the catalog's session");
    const applied = bytesOf(`${sessionText(sessionId(2))}  `);
    await store.atomicApply("r", apply({ receipt: receipt({ sequence: 9 }), sessionDelta: delta(applied) }));
    expectEqual(await store.loadSessionSnapshot("r"), applied, "the applied snapshot");
    expectEqual(await store.sessions.load(sessionId(2)), bytesOf(sessionText(sessionId(2))), "the applied session");
    const listed = await store.sessions.list();
    expectEqual(
      listed.map((meta) => [meta.id, meta.message_count]),
      [
        [sessionId(1), 1],
        [sessionId(2), 0],
      ],
      "the catalog",
    );
  }),

  law("A boundary overwrites the catalog's session even with an older one", async (store) => {
    await store.sessions.save(snapshot(sessionId(1), { updatedAt: 9_000_000 }));
    const older = snapshot(sessionId(1), { updatedAt: 1_000_000 });
    await store.commitSessionBoundary("r", boundary({ sessionDelta: delta(older) }));
    expectEqual(await store.sessions.load(sessionId(1)), older, "the catalog's session");
  }),

  law("A refused boundary leaves no session in the catalog", async (store) => {
    await store.atomicApply("r", apply());
    const call = apply({ sessionDelta: delta(snapshot(sessionId(5))) });
    await expectRejection(() => store.atomicApply("r", call), "receipt_conflict");
    const commit = boundary({ sessionDelta: delta(snapshot(sessionId(5))), expectedRevision: 9 });
    await expectRejection(() => store.commitSessionBoundary("r", commit), "revision_conflict");
    expectEqual(await store.sessions.list(), [], "the catalog");
  }),
];
