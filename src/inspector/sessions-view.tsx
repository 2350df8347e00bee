import type { JSX } from "preact";
import type { BurrowStore, SessionMeta } from "../contract/index.ts";
import { readSession } from "../session/index.ts";
import { beginningOf, formatCount, visibleText } from "./formats.ts";
import { useLoaded } from "./loaded.ts";
import { OpeningList } from "./opening-list.tsx";
import { Damaged, Digest, Facts, NotRead, Time, TimeInFull } from "./parts.tsx";
import { separated } from "./receipt-log.ts";
import { Transcript } from "./transcript.tsx";

/** The catalog of sessions, and one of them in full. */
export function SessionsView({
  store,
  version,
}: {
  readonly store: BurrowStore;
  readonly version: number;
}): JSX.Element {
  const { value, error, reload } = useLoaded("sessions", version, async () =>
    separated(await store.sessions.list({ onCorrupt: "mark" })),
  );
  if (error !== undefined || !value) return <NotRead what="catalog" error={error} reload={reload} />;
  return (
    <>
      <p class="line remark">
        <span>What is saved to the catalog by hand is not told to other readers.</span>
        <button type="button" class="quiet" onClick={reload}>
          Read again
        </button>
      </p>
      <Damaged rows={value.damaged} />
      {value.sound.length === 0 ? (
        <p class="remark">The catalog is empty. A session appears here with the first boundary that carries one.</p>
      ) : (
        <OpeningList
          label={`Sessions, last updated first: ${formatCount(value.sound.length, "session")}`}
          items={value.sound}
          keyOf={({ id }) => id}
          row={(session) => (
            <>
              <span class="line">
                <strong title={titleOf(session)}>{titleOf(session)}</strong>
                <Time at={timeOf(session.updated_at)} />
              </span>
              <span class="line soft">
                {formatCount(session.message_count, "message")} · {formatCount(session.total_tokens, "token")}
              </span>
            </>
          )}
          full={(session) => <SessionCard store={store} session={session} version={version} />}
        />
      )}
    </>
  );
}

function SessionCard(props: {
  readonly store: BurrowStore;
  readonly session: SessionMeta;
  readonly version: number;
}): JSX.Element {
  const { store, session, version } = props;
  const { value, error, reload } = useLoaded(session.id, version, async () => {
    const bytes = await store.sessions.load(session.id);
    return bytes ? readSession(bytes).messages : [];
  });
  return (
    <section class="card" aria-label={titleOf(session)}>
      <Facts
        of={[
          ["Session", <Digest of={session.id} isWhole />],
          ["Created", <TimeInFull at={timeOf(session.created_at)} />],
          ["Updated", <TimeInFull at={timeOf(session.updated_at)} />],
          ["Metadata", <span class="text">{visibleText(JSON.stringify(session.metadata))}</span>],
        ]}
      />
      {value && error === undefined ? (
        <Transcript messages={value} />
      ) : (
        <NotRead what="session" error={error} reload={reload} />
      )}
    </section>
  );
}

function titleOf({ metadata, id }: SessionMeta): string {
  return visibleText(
    typeof metadata.title === "string" && metadata.title !== "" ? beginningOf(metadata.title, 120) : id,
  );
}

const timeOf = ({ secs_since_epoch, nanos_since_epoch }: SessionMeta["created_at"]): number =>
  secs_since_epoch * 1000 + Math.floor(nanos_since_epoch / 1e6);
