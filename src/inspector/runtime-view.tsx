import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { BurrowStore, RuntimeHead } from "../contract/index.ts";
import { formatBytes, formatCount } from "./formats.ts";
import { InputsView } from "./inputs-view.tsx";
import { useLoaded, type Versions } from "./loaded.ts";
import { OperationsView } from "./operations-view.tsx";
import { Badge, Code, Digest, Failure, Time } from "./parts.tsx";
import { readReceipts } from "./receipt-log.ts";
import { ReceiptView } from "./receipt-view.tsx";
import { Tabs } from "./tabs.tsx";
import { Timeline } from "./timeline.tsx";

/** What can be done with a runtime. */
export interface RuntimeActions {
  readonly verify: () => void;
  readonly exportIt: () => void;
  readonly remove: () => void;
}

/** One runtime: where it stands, what can be done with it, and all that is stored for it. */
export function RuntimeView(props: {
  readonly store: BurrowStore;
  readonly head: RuntimeHead;
  readonly versions: Versions;
  readonly openRevision: number | undefined;
  readonly onOpenReceipt: (revision: number | undefined) => void;
  readonly actions: RuntimeActions;
}): JSX.Element {
  const { store, head, versions, openRevision, onOpenReceipt, actions } = props;
  const { runtime_id: id } = head;
  const version = versions.of(id);
  const [tab, setTab] = useState("receipts");
  const receipts = useLoaded(
    `${id} ${versions.lifeOf(id)}`,
    version,
    (known: Awaited<ReturnType<typeof readReceipts>> | undefined) => readReceipts(store, id, known),
  );
  const committed = receipts.value?.receipts.find(({ revision }) => revision === openRevision);
  return (
    <div class="runtime">
      <section class="pane" aria-labelledby="runtime-title">
        <div class="pane-head">
          <h2 id="runtime-title">
            <Code>{id}</Code>
          </h2>
        </div>
        <RuntimeFacts store={store} head={head} version={version} />
        <div class="line actions">
          <button type="button" onClick={actions.verify}>
            Verify
          </button>
          <button type="button" onClick={actions.exportIt}>
            Export
          </button>
          <button type="button" class="danger" onClick={actions.remove}>
            Delete…
          </button>
        </div>
        <Tabs
          label="What is stored for it"
          open={tab}
          onOpen={setTab}
          tabs={[
            {
              id: "receipts",
              title: "Receipts",
              content: () =>
                receipts.value ? (
                  <Timeline log={receipts.value} openRevision={openRevision} onOpen={onOpenReceipt} />
                ) : (
                  <Pending {...receipts} what="receipts" />
                ),
            },
            {
              id: "inputs",
              title: "Inputs",
              content: () => <InputsView store={store} runtimeId={id} version={version} />,
            },
            {
              id: "operations",
              title: "Operations",
              content: () => <OperationsView store={store} runtimeId={id} version={version} />,
            },
          ]}
        />
      </section>
      <section class="pane detail" aria-labelledby="receipt-title">
        <div class="pane-head">
          <h2 id="receipt-title">{committed ? `Receipt of revision ${committed.revision}` : "One receipt"}</h2>
          {committed && (
            <button type="button" class="quiet" onClick={() => onOpenReceipt(undefined)}>
              Close
            </button>
          )}
        </div>
        {committed ? (
          <ReceiptView key={committed.revision} store={store} runtimeId={id} committed={committed} version={version} />
        ) : (
          <p class="remark">Choose a receipt to see it in full, with the conversation that it proves.</p>
        )}
      </section>
    </div>
  );
}

function Pending(props: { readonly what: string; readonly error: unknown; readonly reload: () => void }): JSX.Element {
  if (props.error !== undefined) return <Failure error={props.error} retry={props.reload} />;
  return <p class="remark">Reading the {props.what} …</p>;
}

function RuntimeFacts(props: {
  readonly store: BurrowStore;
  readonly head: RuntimeHead;
  readonly version: number;
}): JSX.Element {
  const { store, head, version } = props;
  const { runtime_id, revision, message_count, byte_length, committed_at, conversation_digest } = head;
  const { value } = useLoaded(runtime_id, version, async () => ({ state: await store.loadRuntimeState(runtime_id) }));
  return (
    <p class="line facts-line">
      <Badge tone={value?.state === "running" ? "busy" : undefined}>{value?.state ?? "no state"}</Badge>
      <span>revision {revision}</span>
      <span>{formatCount(message_count ?? 0, "message")}</span>
      <span>{formatBytes(byte_length ?? 0)}</span>
      <span>{committed_at === undefined ? "never committed" : <Time at={committed_at} />}</span>
      {conversation_digest !== undefined && <Digest of={conversation_digest} />}
    </p>
  );
}
