import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { BurrowStore, CommittedReceipt, RuntimeHead } from "../contract/index.ts";
import { formatBytes, formatCount } from "./formats.ts";
import { InputsView } from "./inputs-view.tsx";
import { useLoaded, type Versions } from "./loaded.ts";
import { OperationsView } from "./operations-view.tsx";
import { Badge, Code, Digest, Failure, Guard, NotRead, Time } from "./parts.tsx";
import { readReceipts, type ReceiptLog } from "./receipt-log.ts";
import { readStoredSession, ReceiptView } from "./receipt-view.tsx";
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
  const life = `${id} ${versions.lifeOf(id)}`;
  const { visits } = versions;
  const receipts = useLoaded(life, version, async (known: KnownReceipts | undefined) => ({
    visits,
    log: await readReceipts(store, id, known?.visits === visits ? known.log : undefined),
  }));
  const log = receipts.value?.log;
  const committed = log?.receipts.find(({ revision }) => revision === openRevision);
  const timeline = useRef<HTMLElement>(null);
  const detail = useRef<HTMLElement>(null);
  // Where the receipt stands below the list, one would not see that it was opened, nor get there by the keyboard.
  useEffect(() => {
    if (!committed || !detail.current || !timeline.current) return;
    const isBelow = detail.current.offsetTop >= timeline.current.offsetTop + timeline.current.offsetHeight;
    if (!isBelow) return;
    detail.current.scrollIntoView({ block: "start" });
    if (timeline.current.matches(":focus-within")) detail.current.focus({ preventScroll: true });
  }, [committed?.revision]);
  const close = (): void => {
    const panel = timeline.current;
    const opener =
      panel?.querySelector<HTMLElement>("[role=tabpanel] [aria-current=true]") ??
      panel?.querySelector<HTMLElement>("[role=tab][aria-selected=true]");
    opener?.focus();
    onOpenReceipt(undefined);
  };
  return (
    <div class="runtime">
      <section ref={timeline} class="pane" aria-labelledby="runtime-title">
        <div class="pane-head">
          <h2 id="runtime-title">
            <Code>{id}</Code>
          </h2>
          <RuntimeStateBadge store={store} runtimeId={id} version={version} />
        </div>
        <RuntimeFacts head={head} />
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
                log ? (
                  <>
                    <Failure error={receipts.error} retry={receipts.reload} />
                    <Timeline log={log} openRevision={openRevision} onOpen={onOpenReceipt} />
                  </>
                ) : (
                  <NotRead {...receipts} what="receipts" />
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
      <section ref={detail} class="pane detail" tabIndex={-1} aria-labelledby="receipt-title">
        <div class="pane-head">
          <h2 id="receipt-title">{committed ? `Receipt of revision ${committed.revision}` : "One receipt"}</h2>
          {committed && (
            <button type="button" class="quiet" onClick={close}>
              Close
            </button>
          )}
        </div>
        {committed ? (
          <OpenReceipt life={life} visits={visits} store={store} head={head} committed={committed} version={version} />
        ) : (
          <p class="remark">
            {openRevision === undefined || !log
              ? "Choose a receipt to see it in full, with the conversation that it proves."
              : `This runtime has no receipt of revision ${openRevision}.`}
          </p>
        )}
      </section>
    </div>
  );
}

interface KnownReceipts {
  readonly visits: number;
  readonly log: ReceiptLog;
}

/** A receipt beside the session, which is read once for all receipts that are opened, and again when a boundary was committed. */
function OpenReceipt(props: {
  readonly life: string;
  readonly visits: number;
  readonly store: BurrowStore;
  readonly head: RuntimeHead;
  readonly committed: CommittedReceipt;
  readonly version: number;
}): JSX.Element {
  const { life, visits, store, head, committed, version } = props;
  const { runtime_id: id, revision } = head;
  const stored = useLoaded(life, `${revision} ${visits}`, async () => ({
    session: await readStoredSession(store, id),
  }));
  return (
    <Guard key={committed.revision}>
      <ReceiptView store={store} runtimeId={id} committed={committed} stored={stored} version={version} />
    </Guard>
  );
}

function RuntimeFacts({ head }: { readonly head: RuntimeHead }): JSX.Element {
  const { revision, message_count, byte_length, committed_at, conversation_digest } = head;
  return (
    <p class="line facts-line">
      <span>revision {revision}</span>
      <span>{formatCount(message_count ?? 0, "message")}</span>
      <span>{formatBytes(byte_length ?? 0)}</span>
      <span>{committed_at === undefined ? "never committed" : <Time at={committed_at} />}</span>
      {conversation_digest !== undefined && <Digest of={conversation_digest} />}
    </p>
  );
}

/** The state of a runtime; there is none until one is stored. */
export function RuntimeStateBadge(props: {
  readonly store: BurrowStore;
  readonly runtimeId: string;
  readonly version: number;
}): JSX.Element {
  const { store, runtimeId, version } = props;
  const { value, error } = useLoaded(runtimeId, version, async () => ({
    state: await store.loadRuntimeState(runtimeId),
  }));
  if (error !== undefined) return <Badge tone="bad">state unreadable</Badge>;
  return (
    <Badge tone={value?.state === "running" ? "busy" : undefined}>{value ? (value.state ?? "no state") : "…"}</Badge>
  );
}
