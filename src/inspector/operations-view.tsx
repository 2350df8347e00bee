import type { JSX } from "preact";
import type { BurrowStore } from "../contract/index.ts";
import type { OperationStatus, PersistedOpsSnapshot } from "../records/index.ts";
import { formatCount, visibleText } from "./formats.ts";
import { useLoaded } from "./loaded.ts";
import { Badge, Digest, Facts, NotRead, Time } from "./parts.tsx";

/** The registry of a runtime's background operations, as it was stored last. */
export function OperationsView(props: {
  readonly store: BurrowStore;
  readonly runtimeId: string;
  readonly version: number;
}): JSX.Element {
  const { store, runtimeId, version } = props;
  const { value, error, reload } = useLoaded(runtimeId, version, async () => ({
    snapshot: await store.loadOpsLifecycle(runtimeId),
  }));
  if (error !== undefined || !value) return <NotRead what="operations" error={error} reload={reload} />;
  if (!value.snapshot) return <p class="remark">No background operations were stored for this runtime.</p>;
  return <Registry snapshot={value.snapshot} />;
}

function Registry({ snapshot }: { readonly snapshot: PersistedOpsSnapshot }): JSX.Element {
  const { authority_state, operation_specs, completion_entries, cursors, epoch_id } = snapshot;
  const operations = Object.entries(authority_state.operations);
  return (
    <>
      <Facts
        of={[
          ["Epoch", <Digest of={epoch_id} />],
          ["Active", authority_state.active_count],
          ["At once at most", authority_state.max_concurrent ?? "no limit"],
          ["Completions read by the agent", `${cursors.agent_applied_cursor} of ${completion_entries.length}`],
        ]}
      />
      <h3>{formatCount(operations.length, "operation")}</h3>
      <ul class="plain">
        {operations.map(([id, { status, kind, progress_count, terminal_outcome }]) => (
          <li key={id} class="card">
            <p class="line">
              <strong>{visibleText(operation_specs[id]?.display_name ?? kind)}</strong>
              <Badge tone={toneOf(status)}>{status}</Badge>
            </p>
            <p class="soft">
              {kind} · {formatCount(progress_count, "progress report")}
            </p>
            <Digest of={id} />
            {terminal_outcome && <p class="soft text">{visibleText(JSON.stringify(terminal_outcome))}</p>}
          </li>
        ))}
      </ul>
      {completion_entries.length > 0 && <h3>Completed, in this order</h3>}
      <ol class="plain">
        {completion_entries.map(({ seq, display_name, terminal_outcome, completed_at_ms }) => (
          <li key={seq} class="line">
            <span>
              {seq}. {visibleText(display_name)}
            </span>
            <Badge>{terminal_outcome.outcome_type}</Badge>
            {completed_at_ms !== null && <Time at={completed_at_ms} />}
          </li>
        ))}
      </ol>
    </>
  );
}

function toneOf(status: OperationStatus): "good" | "bad" | "busy" | undefined {
  if (status === "completed") return "good";
  if (status === "failed" || status === "aborted") return "bad";
  return status === "running" || status === "provisioning" ? "busy" : undefined;
}
