/**
 * Tells a server what happens, one letter at a time: what is said while one is under way goes with the next. So a tab that
 * says a thousand things a second takes one connection; six are all that a browser has for all tabs of an origin.
 */
export class Letters<E> {
  readonly #address: string;
  readonly #unsent: (E & { readonly n: number })[] = [];
  #said = 0;
  #sending: Promise<void> | undefined;

  constructor(address: string) {
    this.#address = address;
  }

  say(event: E): void {
    this.#unsent.push({ ...event, n: this.#said++ });
    this.#sending ??= this.#send();
  }

  /** Resolves when all that was said has been heard. */
  async delivered(): Promise<void> {
    await this.#sending;
  }

  async #send(): Promise<void> {
    while (this.#unsent.length > 0) {
      await fetch(this.#address, { method: "POST", body: JSON.stringify(this.#unsent.splice(0)) });
    }
    this.#sending = undefined;
  }
}
