import type { Page } from "playwright-core";
import type { StoreName } from "./adapter.ts";
import type { Ending } from "./endings.ts";

/** What is saved where its size does not matter. */
const BYTES = 10_000;

/** A tab with the acid test's page, in which one store is opened. */
export class AcidTab {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  open(store: StoreName): Promise<Ending> {
    return this.#page.evaluate((store) => globalThis.acid.open(store), store);
  }

  save(turn: number, bytes = BYTES): Promise<Ending> {
    return this.#page.evaluate(([turn, bytes]) => globalThis.acid.save(turn, bytes), [turn, bytes] as const);
  }

  load(): Promise<Ending> {
    return this.#page.evaluate(() => globalThis.acid.load());
  }

  /** Opens the store and loads; how the first of the two ended that did not end well, or the load. */
  async openAndLoad(store: StoreName): Promise<Ending> {
    const opening = await this.open(store);
    return opening.ended === "done" ? this.load() : opening;
  }

  /** Opens the store and saves turn 1, without which there is no trial. */
  async begin(store: StoreName): Promise<void> {
    for (const ending of [await this.open(store), await this.save(1)]) {
      if (ending.ended !== "done") throw new Error(`${store} does not begin: ${JSON.stringify(ending)}`);
    }
  }

  version(): Promise<number | undefined> {
    return this.#page.evaluate(() => globalThis.acid.version());
  }

  hold(): Promise<void> {
    return this.#page.evaluate(() => globalThis.acid.hold());
  }

  spoil(): Promise<number> {
    return this.#page.evaluate((bytes) => globalThis.acid.spoil(1, bytes), BYTES);
  }

  close(): Promise<void> {
    return this.#page.close();
  }
}
