import { Component, type ComponentChildren, type JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { CorruptRow } from "../contract/index.ts";
import { wordsAbout } from "./advice.ts";
import { isFocusLost } from "./kept-focus.ts";
import { beginningOf, exactTime, formatTime, shortDigest, visibleText } from "./formats.ts";

/** A moment in the reader's own time zone; the exact value, in UTC and to the millisecond, is its title. */
export function Time({ at }: { readonly at: number | string }): JSX.Element {
  const exact = exactTime(at);
  return (
    <time dateTime={exact} title={exact}>
      {formatTime(at)}
    </time>
  );
}

/** A moment in the reader's own time zone, with the exact value beside it. */
export function TimeInFull({ at }: { readonly at: number | string }): JSX.Element {
  return (
    <>
      <Time at={at} /> <Code>{exactTime(at)}</Code>
    </>
  );
}

/** A stored word, such as an id or a key: isolated from the text around it, with what cannot be seen made visible. */
export function Code({ children }: { readonly children: string }): JSX.Element {
  return <code>{visibleText(children)}</code>;
}

/** A digest or id in short, whole in its title; the button copies the whole. */
export function Digest(props: {
  readonly of: string;
  readonly tabIndex?: number;
  readonly isWhole?: boolean;
}): JSX.Element {
  const { of, tabIndex, isWhole = false } = props;
  return (
    <span class="digest">
      <code title={visibleText(of)}>{visibleText(isWhole ? of : shortDigest(of))}</code>
      <CopyButton text={of} tabIndex={tabIndex} />
    </span>
  );
}

type Copied = "copied" | "not copied" | undefined;

/** Copies a text, and says so for a moment; without a clipboard (an insecure origin) it says that it did not. */
function CopyButton({
  text,
  tabIndex,
}: {
  readonly text: string;
  readonly tabIndex?: number | undefined;
}): JSX.Element {
  const [copied, setCopied] = useState<Copied>();
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(undefined), 1500);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async (): Promise<void> => {
    const { clipboard } = navigator as { readonly clipboard?: Clipboard };
    try {
      if (!clipboard) throw new Error("no clipboard");
      await clipboard.writeText(text);
      setCopied("copied");
    } catch {
      setCopied("not copied");
    }
  };
  return (
    <span class="copying">
      <button
        type="button"
        class="copy"
        tabIndex={tabIndex}
        aria-label={`Copy ${visibleText(shortDigest(text))}`}
        onClick={() => void copy()}
      >
        <CopyIcon />
      </button>
      <span class="said" role="status">
        {copied}
      </span>
    </span>
  );
}

const CopyIcon = (): JSX.Element => (
  <svg viewBox="0 0 16 16" aria-hidden="true">
    <path d="M5.5 5.5v-3h8v8h-3m-8-5h8v8h-8z" />
  </svg>
);

const CLIP = 2000;

/** A stored text; of a long one the beginning, until the reader asks for the rest. */
export function StoredText({ text }: { readonly text: string }): JSX.Element {
  const [isWhole, setWhole] = useState(false);
  const isLong = text.length > CLIP + 200;
  return (
    <>
      <p class="text">{visibleText(isLong && !isWhole ? `${beginningOf(text, CLIP)} …` : text)}</p>
      {isLong && (
        <button type="button" class="quiet" aria-expanded={isWhole} onClick={() => setWhole(!isWhole)}>
          {isWhole ? "Show less" : `Show all ${text.length.toLocaleString()} characters`}
        </button>
      )}
    </>
  );
}

/** Facts with their names; those without a value are left out. */
export function Facts({ of }: { readonly of: readonly (readonly [string, ComponentChildren])[] }): JSX.Element {
  return (
    <dl class="facts">
      {of
        .filter(([, value]) => value !== undefined)
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}

/** A failure: its code, what happened, and what a person can do. */
export function Failure(props: {
  readonly error: unknown;
  readonly retry?: (() => void) | undefined;
}): JSX.Element | null {
  const { error, retry } = props;
  if (error === undefined) return null;
  const { name, message, advice } = wordsAbout(error);
  return (
    <div class="failure" role="alert">
      <p>
        <strong>{name}</strong> {visibleText(message)}
      </p>
      <p>{advice}</p>
      {retry && (
        <button type="button" onClick={retry}>
          Try again
        </button>
      )}
    </div>
  );
}

/** Shows a failure in the place of what cannot be drawn, so that the rest stays in use. */
export class Guard extends Component<{ readonly children: ComponentChildren }, { readonly failure?: unknown }> {
  static override getDerivedStateFromError(failure: unknown): { readonly failure: unknown } {
    return { failure };
  }

  override render(): ComponentChildren {
    const { failure } = this.state;
    if (failure === undefined) return this.props.children;
    return <Failure error={failure} retry={() => this.setState({ failure: undefined })} />;
  }
}

/** Stands where something is being read, or could not be. */
export function NotRead(props: {
  readonly what: string;
  readonly error: unknown;
  readonly reload: () => void;
}): JSX.Element {
  const { what, error, reload } = props;
  if (error !== undefined) return <Failure error={error} retry={reload} />;
  return <p class="remark">Reading the {what} …</p>;
}

/** Names each damaged row of a list. */
export function Damaged({ rows }: { readonly rows: readonly CorruptRow[] }): JSX.Element {
  return (
    <>
      {rows.map(({ corrupt }) => (
        <Failure key={JSON.stringify(corrupt.row)} error={corrupt} />
      ))}
    </>
  );
}

/** A state as a small label; its colour says whether all is well. */
export function Badge(props: {
  readonly tone?: "good" | "bad" | "busy" | undefined;
  readonly children: string;
}): JSX.Element {
  return <span class={`badge ${props.tone ?? ""}`}>{visibleText(props.children)}</span>;
}

/** A question or a form over the page, from which Escape leads back. */
export function Dialog(props: {
  readonly title: string;
  readonly onClose: () => void;
  /** While it is given, work is under way that is to be stopped before the dialog can be closed. */
  readonly onStop?: (() => void) | undefined;
  readonly children: ComponentChildren;
}): JSX.Element {
  const { title, onClose, onStop, children } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  // Before it is painted, so that it can be closed from the first moment on. Closing gives the focus back, being removed does not.
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);
  // What had the focus may be gone: behind the dialog nothing can have it.
  useLayoutEffect(() => {
    if (isFocusLost()) heading.current?.focus({ preventScroll: true });
  });
  return (
    <dialog
      ref={dialog}
      aria-label={title}
      onClose={onClose}
      onCancel={(event) => {
        if (!onStop) return;
        event.preventDefault();
        onStop();
      }}
    >
      <div class="pane-head">
        <h2 ref={heading} tabIndex={-1}>
          {title}
        </h2>
        <button type="button" class="quiet" onClick={() => (onStop ?? (() => dialog.current?.close()))()}>
          {onStop ? "Stop" : "Close"}
        </button>
      </div>
      <Guard>{children}</Guard>
    </dialog>
  );
}
