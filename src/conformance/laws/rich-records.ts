import type { BurrowStore } from "../../contract/index.ts";
import type { InputState } from "../../records/index.ts";
import { nested } from "../bad-values.ts";
import { expectEqual, expectPresent, expectRejection, expectThat } from "../expectation.ts";
import type { Capability, Law } from "../law.ts";
import { law, lawNeeding } from "../make-law.ts";
import { apply, boundary, eventInputState, fullInputState, inputId, inputState, wrong } from "../samples.ts";

const RICH_VALUES: Readonly<Record<string, unknown>> = {
  date: new Date(Date.UTC(2025, 0, 2, 3, 4, 5, 678)),
  map: new Map<unknown, unknown>([
    ["b", 1],
    ["a", new Map([[1, new Set(["x"])]])],
    [{ key: true }, null],
  ]),
  set: new Set<unknown>(["b", "a", 1n, new Date(0)]),
  bigint: 2n ** 80n,
  negative: -(2n ** 64n),
  undefined: { there: undefined },
  absentElement: [undefined, 1],
  bytes: new Uint8Array([0, 1, 255]),
  empty: new Uint8Array(0),
  floats: new Float64Array([0.1, -0, Number.NaN, Infinity]),
  words: new BigUint64Array([2n ** 64n - 1n]),
  mixed: [{ at: new Date(1), list: [new Set([new Map([["k", new Uint16Array([7])]])])] }],
  plain: { text: "é 😀 \u0000\u2028", list: [1, 2.5, true, null, [], {}], nested: { deep: { deeper: {} } } },
};

/** Members that assignment, valibot's `looseObject` or superjson would lose or choke on. */
const AWKWARD = JSON.parse(
  '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},"prototype":1,' +
    '"toString":"x","hasOwnProperty":null,"":"empty","a.b":{"c\\\\.d":1},"json":1,"meta":{"values":1},"10":"b","9":"a"}',
) as object;

const RICH: readonly Capability[] = ["rich values"];

/** One law for a store at hand, and one for a store that was opened again. */
const bothWays = (
  needs: readonly Capability[],
  name: string,
  write: (store: BurrowStore) => Promise<unknown>,
  check: (store: BurrowStore) => Promise<void>,
): Law[] => [
  lawNeeding(needs, name, async (store) => {
    await write(store);
    await check(store);
  }),
  lawNeeding(["reopen", ...needs], `${name}, also after reopening`, async (store, openAgain) => {
    await write(store);
    await store.close();
    await check(await openAgain());
  }),
];

const entries = Object.entries(RICH_VALUES);

export const richRecordLaws = [
  ...bothWays(
    RICH,
    "Dates, maps, sets, bigints, undefined and typed arrays in an event's payload come back the same",
    async (store) => {
      for (const [n, [, value]] of entries.entries()) await store.persistInputState("r", eventInputState(n, value));
    },
    async (store) => {
      for (const [n, [name, value]] of entries.entries()) {
        expectEqual(await store.loadInputState("r", inputId(n)), eventInputState(n, value), name);
      }
    },
  ),

  ...bothWays(
    RICH,
    "Rich values come back the same from every operation that stores input states",
    async (store) => {
      await store.commitSessionBoundary("commit", boundary({ inputUpdates: [eventInputState(1, RICH_VALUES)] }));
      await store.atomicApply("apply", apply({ inputUpdates: [eventInputState(1, RICH_VALUES)] }));
      const inputStates = [eventInputState(1, RICH_VALUES)];
      await store.atomicLifecycleCommit("lifecycle", { runtimeState: "idle", inputStates });
    },
    async (store) => {
      for (const runtime of ["commit", "apply", "lifecycle"]) {
        const [state] = await store.loadInputStates(runtime);
        expectEqual(state?.persisted_input, eventInputState(1, RICH_VALUES).persisted_input, `the input of ${runtime}`);
        const pending = (await store.loadRuntime(runtime)).pendingInputs.map((input) => input.state);
        expectEqual(pending, [state], `the pending input of ${runtime}`);
        expectEqual((await store.dumpRuntime(runtime))?.input_states, [state], `the dump of ${runtime}`);
      }
    },
  ),

  ...bothWays(
    RICH,
    "A member that is undefined is still a member of a payload",
    (store) => store.persistInputState("r", eventInputState(1, { there: undefined, list: [undefined] })),
    async (store) => {
      const state = expectPresent(await store.loadInputState("r", inputId(1)), "the state");
      const input = expectPresent(state.persisted_input, "the input") as { readonly payload?: object };
      expectEqual(Object.keys(input.payload ?? {}), ["there", "list"], "the members");
    },
  ),

  ...bothWays(
    [],
    "Awkwardly named members of a payload come back as they were, and pollute nothing",
    (store) => store.persistInputState("r", eventInputState(1, AWKWARD)),
    async (store) => {
      expectEqual(await store.loadInputState("r", inputId(1)), eventInputState(1, AWKWARD), "the state");
      expectThat(!("polluted" in {}), "a prototype was polluted");
    },
  ),

  ...bothWays(
    RICH,
    "Awkwardly named members beside rich values come back as they were",
    (store) =>
      store.persistInputState("r", eventInputState(1, { awkward: AWKWARD, when: new Date(0), list: [AWKWARD, 1n] })),
    async (store) => {
      const due = eventInputState(1, { awkward: AWKWARD, when: new Date(0), list: [AWKWARD, 1n] });
      expectEqual(await store.loadInputState("r", inputId(1)), due, "the state");
      expectThat(!("polluted" in {}), "a prototype was polluted");
    },
  ),

  ...bothWays(
    [],
    "Awkwardly named members that no record knows are kept",
    (store) => store.persistInputState("r", { ...AWKWARD, ...inputState(1) }),
    async (store) => {
      const stored = expectPresent(await store.loadInputState("r", inputId(1)), "the state");
      expectEqual(stored, { ...AWKWARD, ...inputState(1) }, "the state");
      expectThat(Object.getPrototypeOf(stored) === Object.prototype, "the state's prototype was replaced");
    },
  ),

  ...bothWays(
    RICH,
    "Rich values among a turn's provider parameters come back the same",
    (store) => store.persistInputState("r", withProviderParams(RICH_VALUES)),
    async (store) => {
      expectEqual(await store.loadInputState("r", inputId(1)), withProviderParams(RICH_VALUES), "the state");
    },
  ),

  law("A payload may be any JSON value, null too", async (store) => {
    const payloads = [null, 0, -1.5, 1e300, "", "text", true, false, [], {}, [[]], { a: null }];
    for (const [n, payload] of payloads.entries()) {
      await store.persistInputState("r", eventInputState(n, payload));
      expectEqual(await store.loadInputState("r", inputId(n)), eventInputState(n, payload), JSON.stringify(payload));
    }
  }),

  law("A payload may be nested as deep as the native parser goes, and no deeper", async (store) => {
    await store.persistInputState("r", eventInputState(1, nested(125)));
    expectEqual(await store.loadInputState("r", inputId(1)), eventInputState(1, nested(125)), "the state");
    await expectRejection(() => store.persistInputState("r", eventInputState(1, nested(126))), "invalid_input");
  }),

  lawNeeding(RICH, "One value that stands in a payload twice comes back twice", async (store) => {
    const shared = { when: new Date(3) };
    await store.persistInputState("r", eventInputState(1, { first: shared, second: [shared, shared] }));
    const due = eventInputState(1, {
      first: { when: new Date(3) },
      second: [{ when: new Date(3) }, { when: new Date(3) }],
    });
    expectEqual(await store.loadInputState("r", inputId(1)), due, "the state");
  }),
];

function withProviderParams(provider_params: unknown): InputState {
  const full = fullInputState(1);
  const input = { ...full.persisted_input, turn_metadata: { provider_params } };
  return { ...full, persisted_input: wrong(input) };
}
