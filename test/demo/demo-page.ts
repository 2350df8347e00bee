import { vi } from "vitest";
import { Demo } from "../../demo/app.ts";
import { makeSample } from "../../demo/sample.ts";
import type { BurrowStore } from "../../src/index.ts";
import { createMemoryRuntimeStore } from "../../src/memory/index.ts";

/** The demo page over a store, as a visitor meets it. */
export interface DemoPage {
  readonly root: HTMLElement;
  readonly crash: () => void;
  /** Hears what the inspector is asked to show. */
  readonly shown: ReturnType<typeof vi.fn<(runtimeId: string, revision?: number) => void>>;
  /** The elements that show, in their order. */
  all<Kind extends HTMLElement = HTMLElement>(selector: string): Kind[];
  /** The one element; more or fewer are an error. */
  one<Kind extends HTMLElement = HTMLElement>(selector: string): Kind;
  texts(selector: string): string[];
  button(label: string): HTMLButtonElement;
  /** Writes a message and sends it. */
  write(text: string): void;
}

/** Mounts the demo; `started` resolves when nothing is pending any more. */
export function openDemo(
  store: BurrowStore,
  think: (signal?: AbortSignal) => Promise<void> = () => Promise.resolve(),
): { page: DemoPage; started: Promise<void> } {
  const root = document.createElement("div");
  document.body.replaceChildren(root);
  const crash = vi.fn();
  const shown = vi.fn<(runtimeId: string, revision?: number) => void>();
  const all = <Kind extends HTMLElement>(selector: string): Kind[] => [...root.querySelectorAll<Kind>(selector)];
  const only = <Kind extends HTMLElement>(found: Kind[], what: string): Kind => {
    const [element, ...others] = found;
    if (element && others.length === 0) return element;
    throw new Error(`there are ${found.length} of ${what} in: ${root.textContent}`);
  };
  const page: DemoPage = {
    root,
    crash,
    shown,
    all,
    one: <Kind extends HTMLElement>(selector: string) => only(all<Kind>(selector), selector),
    texts: (selector) => all(selector).map(({ textContent }) => textContent),
    button: (label) =>
      only(
        all<HTMLButtonElement>("button").filter(({ textContent }) => textContent === label),
        label,
      ),
    write: (text) => {
      page.one<HTMLTextAreaElement>("textarea").value = text;
      page.button("Send").click();
    },
  };
  const mountInspector = () => ({ show: shown, unmount: () => undefined });
  return { page, started: new Demo(root, store, { think, crash, mountInspector }).start() };
}

/** A store as the second visit finds it once the sample was thrown away. */
export async function storeWithoutSample(): Promise<BurrowStore> {
  const store = createMemoryRuntimeStore();
  await makeSample(store);
  await store.deleteRuntime("sample", { withSessions: true });
  location.hash = "";
  return store;
}
