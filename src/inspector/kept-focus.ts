import { useLayoutEffect, useRef } from "preact/hooks";

/** Whoever stands on something that goes away, or that a dialog led away from, is led to the fallback, not to the top of the page. */
export function useKeptFocus(isInDialog: boolean) {
  const isWithin = useRef(false);
  const wasInDialog = useRef(false);
  const fallback = useRef<HTMLHeadingElement>(null);
  useLayoutEffect(() => {
    const root = fallback.current?.getRootNode();
    const isLost = (isWithin.current || wasInDialog.current) && root instanceof ShadowRoot && !root.activeElement;
    wasInDialog.current = isInDialog;
    if (isLost && !isInDialog) fallback.current?.focus({ preventScroll: true });
  });
  return {
    fallback,
    on: {
      onFocusIn: () => {
        isWithin.current = true;
      },
      onFocusOut: ({ target }: FocusEvent) => {
        // Browsers tell of what is being removed too, before it is.
        queueMicrotask(() => {
          if (target instanceof Node && target.isConnected) isWithin.current = false;
        });
      },
    },
  };
}
