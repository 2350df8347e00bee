import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { BurrowStore, RuntimeHead } from "../contract/index.ts";
import type { RuntimeStoreError } from "../core/errors.ts";
import { ExportDialog, ImportDialog } from "./archive-dialogs.tsx";
import { DeleteDialog, OpenDialog } from "./dialogs.tsx";
import { useFileDrop } from "./file-drop.ts";
import { formatBytes, visibleText } from "./formats.ts";
import { Glossary } from "./glossary.tsx";
import { useKeptFocus } from "./kept-focus.ts";
import { useLoaded, useVersions, type Versions } from "./loaded.ts";
import { Code, Dialog, Failure, Guard, Time } from "./parts.tsx";
import { separated } from "./receipt-log.ts";
import { RuntimeStateBadge, RuntimeView } from "./runtime-view.tsx";
import { SessionsView } from "./sessions-view.tsx";
import { StorageView } from "./storage-view.tsx";
import { VerifyDialog } from "./verify-dialog.tsx";
import { Row, WindowedList } from "./windowed-list.tsx";

/** What is to be seen: a runtime, and one of its receipts. */
export interface Place {
  readonly runtimeId?: string | undefined;
  readonly revision?: number | undefined;
}

/** The inspector over the host's store, or over another one that the reader has opened, which it closes when it is done. */
export function App(props: {
  readonly store: BurrowStore;
  /** What the host asked for last: another object each time. */
  readonly asked: Place;
}): JSX.Element {
  const { store, asked } = props;
  const [place, setPlace] = useState(asked);
  const [other, setOther] = useState<{ readonly store: BurrowStore; readonly name: string }>();
  const goTo = (next: typeof other, nextPlace: Place): void => {
    setOther(next);
    setPlace(nextPlace);
  };
  useEffect(() => goTo(undefined, asked), [asked]);
  useEffect(() => () => void other?.store.close(), [other]);
  return (
    <StoreView
      key={other?.name ?? ""}
      store={other?.store ?? store}
      name={other?.name}
      place={place}
      onPlace={setPlace}
      onOpenStore={(opened, name) => goTo({ store: opened, name }, {})}
      onBack={() => goTo(undefined, {})}
    />
  );
}

type Doing =
  | { readonly what: "verify"; readonly ids: readonly string[] }
  | { readonly what: "export"; readonly ids: readonly string[]; readonly leftOut?: number }
  | { readonly what: "import"; readonly file: File }
  | { readonly what: "delete"; readonly id: string }
  | { readonly what: "open" | "sessions" | "storage" };

function StoreView(props: {
  readonly store: BurrowStore;
  readonly name: string | undefined;
  readonly place: Place;
  readonly onPlace: (place: Place | ((current: Place) => Place)) => void;
  readonly onOpenStore: (store: BurrowStore, name: string) => void;
  readonly onBack: () => void;
}): JSX.Element {
  const { store, name, place, onPlace, onOpenStore, onBack } = props;
  const versions = useVersions(store);
  const heads = useLoaded("heads", versions.store, async () =>
    separated(await store.listRuntimes({ onCorrupt: "mark" })),
  );
  const [doing, setDoing] = useState<Doing>();
  // What is begun while something else is shown, such as another file, begins anew.
  const begun = useRef(0);
  const begin = (next: Doing): void => {
    begun.current++;
    setDoing(next);
  };
  const isWriting = useRef(false);
  const picker = useRef<HTMLInputElement>(null);
  const { sound = [], damaged = [] } = heads.value ?? {};
  // Pinned: what another tab adds or deletes takes no runtime from under the reader's hands.
  const openId = place.runtimeId ?? sound[0]?.runtime_id;
  useEffect(() => {
    if (openId !== undefined)
      onPlace((current) => (current.runtimeId === undefined ? { ...current, runtimeId: openId } : current));
  }, [openId]);
  const open = sound.find(({ runtime_id }) => runtime_id === openId);
  const soundIds = sound.map(({ runtime_id }) => runtime_id);
  const ids = [...soundIds, ...damaged.flatMap(({ corrupt }) => idIn(corrupt) ?? [])];
  const take = (file: File | null | undefined): void => {
    if (file && !isWriting.current) begin({ what: "import", file });
  };
  const exportAll = (): void => begin({ what: "export", ids: soundIds, leftOut: damaged.length });
  const drop = useFileDrop(take);
  const focus = useKeptFocus(doing !== undefined);
  return (
    <div
      class={drop.isOver && !isWriting.current ? "inspector is-over" : "inspector"}
      lang="en"
      dir="ltr"
      {...drop.on}
      {...focus.on}
    >
      <div class="line bar" role="group" aria-label="The whole store">
        {name !== undefined && (
          <>
            <strong>{visibleText(name)}</strong>
            <button type="button" onClick={onBack}>
              Back to the app’s store
            </button>
          </>
        )}
        <button type="button" disabled={ids.length === 0} onClick={() => begin({ what: "verify", ids })}>
          Verify all
        </button>
        <button type="button" disabled={sound.length === 0} onClick={exportAll}>
          Export all
        </button>
        <button type="button" onClick={() => picker.current?.click()}>
          Import…
        </button>
        <input
          ref={picker}
          type="file"
          hidden
          accept=".ndjson,application/x-ndjson"
          aria-label="An archive to import"
          onChange={(event) => {
            take(event.currentTarget.files?.[0]);
            event.currentTarget.value = "";
          }}
        />
        <button type="button" onClick={() => begin({ what: "sessions" })}>
          Sessions
        </button>
        <button type="button" onClick={() => begin({ what: "storage" })}>
          Storage
        </button>
        <button type="button" onClick={() => begin({ what: "open" })}>
          Other database…
        </button>
      </div>
      <Failure error={heads.error} retry={heads.reload} />
      <div class="panes">
        <section class="pane runtimes" aria-labelledby="runtimes-title">
          <div class="pane-head">
            <h2 ref={focus.fallback} tabIndex={-1} id="runtimes-title">
              Runtimes
            </h2>
            <span class="soft">{sound.length.toLocaleString()}</span>
          </div>
          {damaged.map(({ corrupt }) => (
            <DamagedRuntime
              key={JSON.stringify(corrupt.row)}
              error={corrupt}
              onVerify={(id) => begin({ what: "verify", ids: [id] })}
              onDelete={(id) => begin({ what: "delete", id })}
            />
          ))}
          {sound.length === 0 && damaged.length === 0 ? (
            <p class="remark">
              {heads.value
                ? "Nothing is stored yet. Runtimes appear here when an agent commits, or when you drop an archive."
                : "Reading …"}
            </p>
          ) : (
            <Guard>
              <RuntimeList
                store={store}
                versions={versions}
                heads={sound}
                openId={openId}
                onOpen={(runtimeId) => onPlace({ runtimeId })}
              />
            </Guard>
          )}
        </section>
        {open ? (
          <Guard key={open.runtime_id}>
            <RuntimeView
              store={store}
              head={open}
              versions={versions}
              openRevision={place.revision}
              onOpenReceipt={(revision) => onPlace({ runtimeId: open.runtime_id, revision })}
              actions={{
                verify: () => begin({ what: "verify", ids: [open.runtime_id] }),
                exportIt: () => begin({ what: "export", ids: [open.runtime_id] }),
                remove: () => begin({ what: "delete", id: open.runtime_id }),
              }}
            />
          </Guard>
        ) : (
          <div class="runtime">
            <section class="pane">
              {heads.value && openId !== undefined && (
                <p class="remark">
                  <Code>{openId}</Code> is not here: it was deleted, is damaged, or nothing was committed in it yet. It
                  appears as soon as it is.
                </p>
              )}
            </section>
            <section class="pane" />
          </div>
        )}
      </div>
      <Glossary />
      {doing && (
        <Doings
          key={begun.current}
          doing={doing}
          store={store}
          versions={versions}
          onOpenStore={onOpenStore}
          onWriting={(isBusy) => void (isWriting.current = isBusy)}
          // A late answer to one thing ends no other.
          onClose={() => setDoing((current) => (current === doing ? undefined : current))}
        />
      )}
    </div>
  );
}

/** A runtime whose head is damaged: the failure, and what can be done, as far as its row still names one. */
function DamagedRuntime(props: {
  readonly error: RuntimeStoreError;
  readonly onVerify: (id: string) => void;
  readonly onDelete: (id: string) => void;
}): JSX.Element {
  const { error, onVerify, onDelete } = props;
  const id = idIn(error);
  return (
    <div>
      <Failure error={error} />
      {id !== undefined && (
        <div class="line">
          <Code>{id}</Code>
          <button type="button" onClick={() => onVerify(id)}>
            Verify
          </button>
          <button type="button" class="danger" onClick={() => onDelete(id)}>
            Delete…
          </button>
        </div>
      )}
    </div>
  );
}

/** The id of the runtime whose row is damaged, where its key is one. */
function idIn({ row }: RuntimeStoreError): string | undefined {
  return typeof row?.key[0] === "string" ? row.key[0] : undefined;
}

function RuntimeList(props: {
  readonly store: BurrowStore;
  readonly versions: Versions;
  readonly heads: readonly RuntimeHead[];
  readonly openId: string | undefined;
  readonly onOpen: (runtimeId: string) => void;
}): JSX.Element {
  const { store, versions, heads, openId, onOpen } = props;
  return (
    <WindowedList
      label="Runtimes, by id"
      items={heads}
      keyOf={({ runtime_id }) => runtime_id}
      rows="runtime-rows"
      openKey={openId}
    >
      {({ runtime_id, revision, byte_length, committed_at }, _, tabIndex) => (
        <Row isOpen={runtime_id === openId} tabIndex={tabIndex} onOpen={() => onOpen(runtime_id)}>
          <span class="line">
            <strong title={visibleText(runtime_id)}>{visibleText(runtime_id)}</strong>
            <RuntimeStateBadge store={store} runtimeId={runtime_id} version={versions.of(runtime_id)} />
          </span>
          <span class="line soft">
            revision {revision} · {formatBytes(byte_length ?? 0)}
          </span>
          <span class="line soft">{committed_at === undefined ? "never committed" : <Time at={committed_at} />}</span>
        </Row>
      )}
    </WindowedList>
  );
}

function Doings(props: {
  readonly doing: Doing;
  readonly store: BurrowStore;
  readonly versions: Versions;
  readonly onOpenStore: (store: BurrowStore, name: string) => void;
  readonly onWriting: (isWriting: boolean) => void;
  readonly onClose: () => void;
}): JSX.Element {
  const { doing, store, versions, onOpenStore, onWriting, onClose } = props;
  switch (doing.what) {
    case "verify":
      return <VerifyDialog store={store} runtimeIds={doing.ids} onClose={onClose} />;
    case "export":
      return <ExportDialog store={store} runtimeIds={doing.ids} leftOut={doing.leftOut ?? 0} onClose={onClose} />;
    case "import":
      return <ImportDialog store={store} file={doing.file} onWriting={onWriting} onClose={onClose} />;
    case "delete":
      return <DeleteDialog store={store} runtimeId={doing.id} onClose={onClose} />;
    case "open":
      return <OpenDialog onOpen={onOpenStore} onClose={onClose} />;
    case "sessions":
      return (
        <Dialog title="The catalog of sessions" onClose={onClose}>
          <SessionsView store={store} version={versions.store} />
        </Dialog>
      );
    case "storage":
      return (
        <Dialog title="Storage" onClose={onClose}>
          <StorageView store={store} version={versions.store} />
        </Dialog>
      );
  }
}
