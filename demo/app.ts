import { type BurrowStore, type InputId, isRuntimeStoreError, newSessionId } from "../src/index.ts";
import type { PendingInput, RuntimeChange } from "../src/index.ts";
import type { mountInspector } from "../src/inspector/index.ts";
import { acceptPrompt, type Progress, runPendingInputs } from "./agent.ts";
import { ConversationView } from "./conversation-view.ts";
import { element } from "./elements.ts";
import { failureNotice } from "./failure.ts";
import { RuntimeHolder } from "./runtime-holder.ts";
import { makeSample } from "./sample.ts";
import { scriptedAgent } from "./scripted-agent.ts";
import {
  type ConversationSummary,
  findEmptyConversation,
  listConversations,
  loadConversation,
} from "./stored-conversations.ts";

/** What the page brings besides the store. */
export interface DemoOptions {
  /** What the agent waits for before each message and each result of a tool; it rejects when the runtime is lost. */
  readonly think: (signal: AbortSignal | undefined) => Promise<void>;
  /** Takes the page away, as a crash would. */
  readonly crash: () => void;
  readonly mountInspector: typeof mountInspector;
}

/** The page over an open store: all that it shows is read from the store, but for the steps that it is running. */
export class Demo {
  readonly #root: HTMLElement;
  readonly #store: BurrowStore;
  readonly #options: DemoOptions;
  readonly #conversation: ConversationView;
  readonly #inspectorPane = element("section", { class: "inspector-pane", "aria-label": "Inspector" });
  /** One for each runtime that this page runs, or waits for. */
  readonly #holders = new Map<string, RuntimeHolder>();
  readonly #steps = new Map<InputId, Progress>();
  readonly #acceptedHere = new Set<InputId>();
  /** The inputs that this page found when it came to hold their runtime, as they were then. */
  readonly #recovered = new Map<InputId, PendingInput>();
  #inspector: ReturnType<typeof mountInspector> | undefined;
  #open: ConversationSummary | undefined;
  #refreshes = 0;
  #isReadFailureShown = false;

  constructor(root: HTMLElement, store: BurrowStore, options: DemoOptions) {
    this.#root = root;
    this.#store = store;
    this.#options = options;
    this.#conversation = new ConversationView({
      send: (text) => this.#send(text),
      crash: options.crash,
      create: () => void this.#create(),
      open: (runtimeId) => void this.#show(runtimeId),
      takeOver: () => void this.#holder()?.takeOver(),
      showReceipt: (revision) => {
        if (this.#open) this.#inspector?.show(this.#open.runtimeId, revision);
      },
    });
  }

  /** Shows what is stored, and runs the turns that an earlier life of the page left behind; resolves when none is left. */
  async start(): Promise<void> {
    this.#root.replaceChildren(this.#conversation.element, this.#inspectorPane);
    await this.#attempt(() => makeSample(this.#store));
    this.#inspector = this.#options.mountInspector(this.#inspectorPane, this.#store);
    this.#store.subscribe((change) => this.#hear(change));
    addEventListener("hashchange", () => void this.#refresh());
    // A tab that dies after it has stored something tells nobody.
    addEventListener("focus", () => {
      for (const holder of this.#holders.values()) void holder.work();
      void this.#refresh();
    });
    await this.#refresh();
    await this.#attempt(async () => {
      for (const { runtimeId } of await listConversations(this.#store)) {
        await this.#attempt(async () => {
          if ((await this.#store.loadRuntime(runtimeId)).pendingInputs.length > 0) this.#hold(runtimeId);
        });
      }
    });
    await Promise.all([...this.#holders.values()].map(({ begun }) => begun));
  }

  #holder(): RuntimeHolder | undefined {
    return this.#open && this.#holders.get(this.#open.runtimeId);
  }

  /** Comes to hold a runtime, and keeps it as long as the page lives. */
  #hold(runtimeId: string): void {
    if (this.#holders.has(runtimeId)) return;
    const holder = new RuntimeHolder(this.#store, runtimeId, {
      takeStock: async () => {
        for (const pending of (await this.#store.loadRuntime(runtimeId)).pendingInputs) {
          const { input_id } = pending.state;
          // One that was accepted here, and of which nothing is committed, had no other page to run it.
          if (pending.receipt || !this.#acceptedHere.has(input_id)) this.#recovered.set(input_id, pending);
        }
      },
      work: (store, signal) => this.#run(store, runtimeId, signal),
      onStanding: () => void this.#refresh(),
      onFailure: (error) => this.#fail(error, () => void holder.tryAgain()),
    });
    this.#holders.set(runtimeId, holder);
  }

  async #run(store: BurrowStore, runtimeId: string, signal: AbortSignal | undefined): Promise<void> {
    const begun = new Set<InputId>();
    const onProgress = (progress: Progress): void => {
      if (begun.size === 0) void this.#note(store, runtimeId, "running");
      begun.add(progress.inputId);
      this.#steps.set(progress.inputId, progress);
      void this.#refresh();
    };
    const think = (): Promise<void> => this.#options.think(signal);
    try {
      await runPendingInputs(store, runtimeId, scriptedAgent({ think, onProgress }));
    } finally {
      for (const id of begun) this.#steps.delete(id);
      // Of a runtime that was deleted meanwhile nothing is to be stored.
      if (this.#holders.has(runtimeId)) {
        // It may stand there from a page that died behind its last commit.
        const isAtWork =
          begun.size > 0 || (await store.loadRuntimeState(runtimeId).catch(() => undefined)) === "running";
        if (isAtWork) await this.#note(store, runtimeId, "idle");
      }
      await this.#refresh();
    }
  }

  #hear({ runtimeId, kind }: RuntimeChange): void {
    const holder = this.#holders.get(runtimeId);
    if (kind === "deleted") {
      // What is being run would be committed after the deletion, and bring the runtime back.
      this.#holders.delete(runtimeId);
      void holder?.end();
    } else if (kind !== "boundary") void holder?.work();
    void this.#refresh();
  }

  /** Takes a message in, for whoever holds the runtime; resolves to whether it was accepted. */
  async #send(text: string): Promise<boolean> {
    this.#conversation.showFailure(undefined);
    for (const id of this.#recovered.keys()) if (!this.#steps.has(id)) this.#recovered.delete(id);
    const runtimeId = this.#open?.runtimeId ?? newSessionId();
    const isAccepted = await this.#attempt(async () => {
      const { input_id } = await acceptPrompt(this.#store, runtimeId, text);
      this.#acceptedHere.add(input_id);
    });
    if (isAccepted) {
      await this.#show(runtimeId);
      void this.#holder()?.work();
    }
    return isAccepted;
  }

  /** Opens a conversation that nothing was said in; there need be only one. */
  async #create(): Promise<void> {
    await this.#attempt(async () => {
      const empty = await findEmptyConversation(this.#store);
      const runtimeId = empty ?? newSessionId();
      if (empty === undefined) await this.#store.persistRuntimeState(runtimeId, "idle");
      await this.#show(runtimeId);
    });
    this.#conversation.focus();
  }

  async #show(runtimeId: string): Promise<void> {
    this.#conversation.showFailure(undefined);
    history.replaceState(null, "", addressOf(runtimeId));
    await this.#refresh();
  }

  /** Reads what is stored and shows it; of several at a time, only the one that began last is shown. */
  async #refresh(): Promise<void> {
    const ticket = ++this.#refreshes;
    let failure: unknown;
    try {
      const summaries = await listConversations(this.#store);
      const open =
        summaries.find(({ runtimeId }) => addressOf(runtimeId) === location.hash) ??
        summaries.find(({ runtimeId }) => runtimeId === this.#open?.runtimeId) ??
        summaries[0];
      // Where one is damaged that is told, and the others can still be opened.
      const stored = await (open && loadConversation(this.#store, open))?.catch((error: unknown) => {
        failure = error;
        return undefined;
      });
      if (ticket !== this.#refreshes) return;
      if (open && open.runtimeId !== this.#open?.runtimeId) this.#inspector?.show(open.runtimeId);
      this.#open = open;
      if (open) this.#hold(open.runtimeId);
      const standing = this.#holder()?.standing ?? { holder: "unknown" };
      this.#conversation.show(stored, {
        openId: open?.runtimeId,
        summaries,
        standing,
        steps: this.#steps,
        recovered: this.#recovered,
      });
    } catch (error) {
      failure = error;
    }
    if (ticket !== this.#refreshes) return;
    if (failure === undefined && this.#isReadFailureShown) this.#conversation.showFailure(undefined);
    if (failure !== undefined) this.#fail(failure);
    this.#isReadFailureShown = failure !== undefined;
  }

  /** Does something with the store, and shows why when it fails; resolves to whether it worked. */
  async #attempt(work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      this.#fail(error);
      return false;
    }
  }

  /** Stores whether the agent is at work on a runtime, which is for those who look on: a lost lease is no failure of it. */
  async #note(store: BurrowStore, runtimeId: string, state: "running" | "idle"): Promise<void> {
    await store.persistRuntimeState(runtimeId, state).catch((error: unknown) => {
      if (!isRuntimeStoreError(error) || error.code !== "lease_lost") this.#fail(error);
    });
  }

  #fail(error: unknown, retry?: () => void): void {
    this.#isReadFailureShown = false;
    const clearAndRetry = (): void => {
      this.#conversation.showFailure(undefined);
      retry?.();
    };
    this.#conversation.showFailure(failureNotice(error, retry && { label: "Try again", act: clearAndRetry }));
  }
}

/** The part of the page's address that names the open conversation, so that a reload comes back to it. */
const addressOf = (runtimeId: string): string => `#${encodeURIComponent(runtimeId)}`;
