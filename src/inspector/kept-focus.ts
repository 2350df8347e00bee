import { useLayoutEffect, useRef } from "preact/hooks";

/** Whether nothing in the page has the focus, as when that is removed which had it. */
export const isFocusLost = (): boolean => document.activeElement === null || document.activeElement === document.body;

/** Whoever stands on something that goes away, or that a dialog led away from, is led to the fallback, not to the top of the page. */
export function useKeptFocus(isInDialog: boolean) {
  const isWithin = useRef(false);
  const wasInDialog = useRef(false);
  const fallback = useRef<HTMLHeadingElement>(null);
  useLayoutEffect(() => {
    const isLost = (isWithin.current || wasInDialog.current) && isFocusLost();
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
        // Chromium tells of what is being removed too, before it is; and a focus that moves comes in again before this runs.
        queueMicrotask(() => {
          if (target instanceof Node && target.isConnected && isFocusLost()) isWithin.current = false;
        });
      },
    },
  };
}
