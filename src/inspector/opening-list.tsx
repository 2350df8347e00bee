import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Row, WindowedList } from "./windowed-list.tsx";

/** A list that shows one of its items in full below itself: the one whose row was pressed last. */
export function OpeningList<T>(props: {
  readonly label: string;
  readonly items: readonly T[];
  readonly keyOf: (item: T) => string;
  readonly row: (item: T) => ComponentChildren;
  readonly full: (item: T) => ComponentChildren;
}): JSX.Element {
  const { label, items, keyOf, row, full } = props;
  const [openKey, setOpenKey] = useState<string>();
  const open = items.find((item) => keyOf(item) === openKey);
  return (
    <>
      <WindowedList label={label} items={items} keyOf={keyOf} openKey={openKey}>
        {(item, _, tabIndex) => (
          <Row isOpen={keyOf(item) === openKey} tabIndex={tabIndex} onOpen={() => setOpenKey(keyOf(item))}>
            {row(item)}
          </Row>
        )}
      </WindowedList>
      {open && <InView key={openKey}>{full(open)}</InView>}
    </>
  );
}

function InView({ children }: { readonly children: ComponentChildren }): JSX.Element {
  const opened = useRef<HTMLDivElement>(null);
  useEffect(() => opened.current?.scrollIntoView({ block: "nearest" }), []);
  return <div ref={opened}>{children}</div>;
}
