import { render } from "preact";
import type { BurrowStore } from "../contract/index.ts";
import { App, type Place } from "./app.tsx";
import { STYLE } from "./style.ts";

/** An inspector that is in a page. */
export interface Inspector {
  /** Shows a runtime of the store, and with a revision the receipt that it was made by. */
  show(runtimeId: string, revision?: number): void;
  /** Takes it out of the page, and closes what it has opened itself; the store stays open. */
  unmount(): void;
}

/**
 * Puts an inspector of a store into an element of a page: its runtimes, receipts, inputs, operations and sessions, live; it
 * verifies, exports, imports and deletes. It lives in a shadow root with a style of its own that follows the page's colour scheme, and
 * asks for nothing but an element of this document. Stored text is shown as text, and nothing that it names is loaded.
 */
export function mountInspector(element: Element, store: BurrowStore): Inspector {
  const host = document.createElement("div");
  const root = host.attachShadow({ mode: "open" });
  const style = new CSSStyleSheet();
  style.replaceSync(STYLE);
  root.adoptedStyleSheets = [style];
  element.append(host);
  let isMounted = true;
  const show = (asked: Place): void => render(<App store={store} asked={asked} />, root);
  show({});
  return {
    show: (runtimeId, revision) => {
      if (isMounted) show({ runtimeId, revision });
    },
    unmount: () => {
      isMounted = false;
      render(null, root);
      host.remove();
    },
  };
}
