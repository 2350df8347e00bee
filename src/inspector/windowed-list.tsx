import type { ComponentChildren, JSX, TargetedKeyboardEvent } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";

/** How many rows beyond the visible ones are there already when one scrolls. */
const OVERSCAN = 8;

/** The rows from `first` to before `end` that a scroller shows of `count` rows, with some beyond. */
export function visibleRows(
  scroller: { readonly scrollTop: number; readonly height: number },
  rowHeight: number,
  count: number,
): { readonly first: number; readonly end: number } {
  const first = Math.floor(scroller.scrollTop / rowHeight) - OVERSCAN;
  const end = Math.ceil((scroller.scrollTop + scroller.height) / rowHeight) + OVERSCAN;
  return { first: Math.max(0, Math.min(first, count)), end: Math.max(0, Math.min(end, count)) };
}

/** Where a key leads from a row; `undefined`: it is no key for moving. */
export function rowByKey(key: string, row: number, count: number, page: number): number | undefined {
  const steps: Readonly<Record<string, number>> = {
    ArrowUp: row - 1,
    ArrowDown: row + 1,
    PageUp: row - page,
    PageDown: row + page,
    Home: 0,
    End: count - 1,
  };
  const next = Object.hasOwn(steps, key) ? steps[key] : undefined;
  return next === undefined || count === 0 ? undefined : Math.max(0, Math.min(next, count - 1));
}

/** Whether a key is pressed by itself: with a modifier it is the browser's, or the system's. */
export const isPlain = ({ altKey, ctrlKey, metaKey, shiftKey }: KeyboardEvent): boolean =>
  !(altKey || ctrlKey || metaKey || shiftKey);

/** What a list is made of. */
export interface WindowedListProps<T> {
  readonly label: string;
  readonly items: readonly T[];
  readonly keyOf: (item: T) => string;
  /** Names the list to the style, for rows of another height than others: `--row`. */
  readonly rows?: string;
  /** The item that is open; the list scrolls to it when it becomes another. */
  readonly openKey: string | undefined;
  /** A row; the first element in it that is a button takes the focus, and the others are reached from there. */
  readonly children: (item: T, index: number, tabIndex: number) => ComponentChildren;
}

/** In pixels, until the rows are laid out. */
const FIRST_ROW_HEIGHT = 64;

/**
 * A list of which only those rows are in the page that can be seen, and the one with the focus. Tab goes into that row alone; the
 * arrow keys, Home, End and the page keys go through the rows.
 */
export function WindowedList<T>(props: WindowedListProps<T>): JSX.Element {
  const { label, items, keyOf, rows: kind = "", openKey, children } = props;
  const list = useRef<HTMLDivElement>(null);
  const rowsElement = useRef<HTMLOListElement>(null);
  const latestItems = useRef(items);
  latestItems.current = items;
  const lastHeight = useRef(FIRST_ROW_HEIGHT);
  const topmost = useRef<{ readonly key: string; readonly row: number } | undefined>(undefined);
  const [scroller, setScroller] = useState({ scrollTop: 0, height: 0, rowHeight: FIRST_ROW_HEIGHT });
  const [activeKey, setActiveKey] = useState<string>();
  const focusNext = useRef(false);
  const open = items.findIndex((item) => keyOf(item) === openKey);
  const marked = items.findIndex((item) => keyOf(item) === activeKey);
  const active = marked >= 0 ? marked : Math.max(0, open);

  /** In pixels, to a fraction, as it is laid out now. */
  const measuredRowHeight = (): number => {
    const total = rowsElement.current?.offsetHeight ?? 0;
    return total > 0 ? total / latestItems.current.length : lastHeight.current;
  };
  const scrollTo = (row: number): void => {
    const element = list.current;
    if (!element) return;
    const rowHeight = measuredRowHeight();
    const top = row * rowHeight;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top + rowHeight > element.scrollTop + element.clientHeight)
      element.scrollTop = top + rowHeight - element.clientHeight;
  };
  const measure = (): void => {
    const element = list.current;
    if (!element) return;
    const rowHeight = measuredRowHeight();
    // Rows of another height, as in a narrower page: what stood on top stays there.
    if (rowHeight !== lastHeight.current) element.scrollTop *= rowHeight / lastHeight.current;
    lastHeight.current = rowHeight;
    const row = Math.floor(element.scrollTop / rowHeight);
    const item = latestItems.current[row];
    topmost.current = item && { key: keyOf(item), row };
    setScroller({ scrollTop: element.scrollTop, height: element.clientHeight, rowHeight });
  };
  useLayoutEffect(() => {
    measure();
    const observer = new ResizeObserver(measure);
    if (list.current) observer.observe(list.current);
    return () => observer.disconnect();
  }, []);
  // What comes in above moves nothing that is looked at, but at the very top, where one waits for it.
  useLayoutEffect(() => {
    const before = topmost.current;
    const now = before ? items.findIndex((item) => keyOf(item) === before.key) : -1;
    if (list.current && list.current.scrollTop > 0 && before && now > before.row)
      list.current.scrollTop += (now - before.row) * measuredRowHeight();
    measure();
  }, [items]);
  useLayoutEffect(() => {
    if (open >= 0) scrollTo(open);
    measure();
  }, [openKey]);
  useLayoutEffect(() => {
    if (!focusNext.current) return;
    focusNext.current = false;
    list.current?.querySelector<HTMLElement>(`[data-row="${active}"] button`)?.focus();
  });

  const move = (event: TargetedKeyboardEvent<HTMLOListElement>): void => {
    const page = Math.max(1, Math.floor(scroller.height / scroller.rowHeight) - 1);
    const next = isPlain(event) ? rowByKey(event.key, active, items.length, page) : undefined;
    const item = next === undefined ? undefined : items[next];
    if (next === undefined || item === undefined) return;
    event.preventDefault();
    focusNext.current = true;
    setActiveKey(keyOf(item));
    scrollTo(next);
    measure();
  };

  const { first, end } = visibleRows(scroller, scroller.rowHeight, items.length);
  const rows = Array.from({ length: end - first }, (_, offset) => first + offset);
  if (items.length > 0 && (active < first || active >= end)) rows.push(active);
  return (
    <div ref={list} class={`windowed ${kind}`} onScroll={measure}>
      <ol
        ref={rowsElement}
        aria-label={label}
        onKeyDown={move}
        style={{ height: `calc(${items.length} * var(--row))` }}
      >
        {rows.map((row) => {
          const item = items[row];
          if (item === undefined) return null;
          const key = keyOf(item);
          return (
            <li
              key={key}
              data-row={row}
              aria-setsize={items.length}
              aria-posinset={row + 1}
              style={{ top: `calc(${row} * var(--row))` }}
              onFocusCapture={() => setActiveKey(key)}
            >
              {children(item, row, row === active ? 0 : -1)}
            </li>
          );
        })}
      </ol>
    </div>
  );
}

/** What is pressed to open a row. */
export function Row(props: {
  readonly isOpen: boolean;
  readonly tabIndex: number;
  readonly onOpen: () => void;
  readonly children: ComponentChildren;
}): JSX.Element {
  const { isOpen, tabIndex, onOpen, children } = props;
  return (
    <button type="button" class="row" tabIndex={tabIndex} aria-current={isOpen ? "true" : undefined} onClick={onOpen}>
      {children}
    </button>
  );
}
