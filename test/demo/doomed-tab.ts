import type { Agent, AgentStore } from "../../demo/agent.ts";

/** A tab that goes away at one of the steps that its agent waits for: that step never comes back, and no other begins. */
export class DoomedTab {
  /** Resolves when the tab is gone. */
  readonly gone: Promise<"gone">;
  readonly #lastStep: number;
  readonly #moment: "before" | "after";
  #steps = 0;
  #goAway: () => void = () => undefined;

  /** The step at which it goes, counted from 0, and whether that step still takes effect. */
  constructor(lastStep: number, moment: "before" | "after") {
    this.#lastStep = lastStep;
    this.#moment = moment;
    this.gone = new Promise((resolve) => {
      this.#goAway = () => {
        resolve("gone");
      };
    });
  }

  store(store: AgentStore): AgentStore {
    return {
      persistInputState: (...given) => this.#step(() => store.persistInputState(...given)),
      loadRuntime: (...given) => this.#step(() => store.loadRuntime(...given)),
      commitSessionBoundary: (...given) => this.#step(() => store.commitSessionBoundary(...given)),
    };
  }

  agent(agent: Agent): Agent {
    return {
      reply: (conversation) => this.#step(() => agent.reply(conversation)),
      useTool: (use) => this.#step(() => agent.useTool(use)),
    };
  }

  async #step<T>(work: () => Promise<T>): Promise<T> {
    const isLast = this.#steps++ === this.#lastStep;
    if (!isLast) return work();
    if (this.#moment === "after") await work();
    this.#goAway();
    return new Promise<never>(() => undefined);
  }
}
