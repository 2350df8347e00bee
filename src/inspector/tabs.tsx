import type { ComponentChildren, JSX, TargetedKeyboardEvent } from "preact";
import { useId, useRef } from "preact/hooks";
import { Guard } from "./parts.tsx";
import { isPlain } from "./windowed-list.tsx";

/** One of several panels. */
export interface Tab {
  readonly id: string;
  readonly title: string;
  readonly content: () => ComponentChildren;
}

/** Panels of which one is open; the arrow keys go from tab to tab, as in the ARIA practices. */
export function Tabs(props: {
  readonly label: string;
  readonly tabs: readonly Tab[];
  readonly open: string;
  readonly onOpen: (id: string) => void;
}): JSX.Element {
  const { label, tabs, open, onOpen } = props;
  const list = useRef<HTMLDivElement>(null);
  const prefix = useId();
  const at = Math.max(
    0,
    tabs.findIndex(({ id }) => id === open),
  );
  const move = (event: TargetedKeyboardEvent<HTMLDivElement>): void => {
    const last = tabs.length - 1;
    const steps: Readonly<Record<string, number>> = {
      ArrowLeft: Math.max(0, at - 1),
      ArrowRight: Math.min(last, at + 1),
      Home: 0,
      End: last,
    };
    const next = isPlain(event) && Object.hasOwn(steps, event.key) ? steps[event.key] : undefined;
    const tab = next === undefined ? undefined : tabs[next];
    if (next === undefined || !tab) return;
    event.preventDefault();
    onOpen(tab.id);
    list.current?.querySelectorAll("button")[next]?.focus();
  };
  return (
    <>
      <div ref={list} role="tablist" aria-label={label} onKeyDown={move}>
        {tabs.map(({ id, title }, index) => (
          <button
            key={id}
            type="button"
            role="tab"
            id={`${prefix}-${id}`}
            aria-selected={index === at}
            aria-controls={`${prefix}-panel`}
            tabIndex={index === at ? 0 : -1}
            onClick={() => onOpen(id)}
          >
            {title}
          </button>
        ))}
      </div>
      <div role="tabpanel" id={`${prefix}-panel`} aria-labelledby={`${prefix}-${tabs[at]?.id ?? ""}`}>
        <Guard key={tabs[at]?.id}>{tabs[at]?.content()}</Guard>
      </div>
    </>
  );
}
