import type { JSX } from "preact";
import type { BurrowStore } from "../contract/index.ts";
import type { Input, InputLifecycleState, InputState } from "../records/index.ts";
import { beginningOf, formatCount, shortDigest, visibleText } from "./formats.ts";
import { useLoaded } from "./loaded.ts";
import { OpeningList } from "./opening-list.tsx";
import { Badge, Damaged, Digest, Facts, NotRead, StoredText, Time, TimeInFull } from "./parts.tsx";
import { separated } from "./receipt-log.ts";

/** All input states of a runtime, the newest first, each with its way as a track. */
export function InputsView(props: {
  readonly store: BurrowStore;
  readonly runtimeId: string;
  readonly version: number;
}): JSX.Element {
  const { store, runtimeId, version } = props;
  const { value, error, reload } = useLoaded(runtimeId, version, async () =>
    separated(await store.listInputStates(runtimeId, { onCorrupt: "mark" })),
  );
  if (error !== undefined || !value) return <NotRead what="inputs" error={error} reload={reload} />;
  const newestFirst = [...value.sound].reverse();
  return (
    <>
      <Damaged rows={value.damaged} />
      {newestFirst.length === 0 ? (
        <p class="remark">This runtime has no inputs. An input appears here as soon as it is accepted and stored.</p>
      ) : (
        <OpeningList
          label={`Inputs, newest first: ${formatCount(newestFirst.length, "input")}`}
          items={newestFirst}
          keyOf={({ input_id }) => input_id}
          row={({ input_id, persisted_input, current_state, updated_at }) => (
            <>
              <span class="line">
                <strong>{visibleText(beginningOf(wordsOf(persisted_input), 80))}</strong>
                <Badge tone={toneOf(current_state)}>{current_state}</Badge>
              </span>
              <span class="line soft">
                <code>{visibleText(shortDigest(input_id))}</code> <Time at={updated_at} />
              </span>
            </>
          )}
          full={(state) => <InputCard state={state} />}
        />
      )}
    </>
  );
}

/** An input state in full, with its lifecycle as a track. */
export function InputCard({ state }: { readonly state: InputState }): JSX.Element {
  const { input_id, current_state, persisted_input, last_run_id, last_boundary_sequence, terminal_outcome } = state;
  return (
    <section class="card" aria-label={`Input ${shortDigest(input_id)}`}>
      <StoredText text={wordsOf(persisted_input)} />
      <Track state={state} />
      <Facts
        of={[
          ["Input", <Digest of={input_id} isWhole />],
          ["State", <Badge tone={toneOf(current_state)}>{current_state}</Badge>],
          ["Kind", persisted_input?.input_type],
          ["Outcome", terminal_outcome && visibleText(JSON.stringify(terminal_outcome))],
          [
            "Stamped",
            last_run_id === undefined ? undefined : (
              <span class="line">
                run <Digest of={last_run_id} /> sequence {last_boundary_sequence}
              </span>
            ),
          ],
          ["Attempts", state.attempt_count || undefined],
          ["Recoveries", state.recovery_count || undefined],
          ["Accepted", <TimeInFull at={state.created_at} />],
        ]}
      />
    </section>
  );
}

/** The states that an input went through, with the time of each; of a long way the last. */
function Track({ state }: { readonly state: InputState }): JSX.Element {
  const steps = trackOf(state);
  return (
    <ol class="track" aria-label="Its way">
      {steps.map(({ to, timestamp, reason }, index) => (
        <li key={index} class={toneOf(to) ?? ""} aria-current={index === steps.length - 1 ? "step" : undefined}>
          <span>{to}</span>
          <Time at={timestamp} />
          {reason !== undefined && <span class="soft">{visibleText(reason)}</span>}
        </li>
      ))}
    </ol>
  );
}

/** One place on the way of an input. */
export interface TrackStep {
  readonly to: InputLifecycleState;
  readonly timestamp: string;
  readonly reason?: string | undefined;
}

const LONGEST_TRACK = 12;

/** The way of an input: where it began, and each step; the last is where it is. */
export function trackOf({ current_state, history = [], created_at, updated_at }: InputState): readonly TrackStep[] {
  const steps: TrackStep[] = [{ to: history[0]?.from ?? current_state, timestamp: created_at }, ...history];
  if (steps.at(-1)?.to !== current_state) steps.push({ to: current_state, timestamp: updated_at });
  return steps.slice(-LONGEST_TRACK);
}

function toneOf(state: InputLifecycleState): "good" | "bad" | "busy" | undefined {
  if (state === "consumed") return "good";
  if (state === "abandoned") return "bad";
  return state === "superseded" || state === "coalesced" ? undefined : "busy";
}

/** What an input says, in its own words where it has any. */
export function wordsOf(input: Input | undefined): string {
  if (!input) return "(its content was not stored)";
  switch (input.input_type) {
    case "prompt":
      return input.text;
    case "peer":
      return input.body;
    case "flow_step":
      return input.instructions;
    case "external_event":
      return `event ${input.event_type}`;
    case "continuation":
      return input.reason;
    default:
      return input.input_type;
  }
}
