import { type BurrowStore, type InputId, newSessionId } from "../src/index.ts";
import type { Message } from "../src/session/index.ts";
import { acceptPrompt, aloneWith, runPendingInputs } from "./agent.ts";
import { ConversationView } from "./conversation-view.ts";
import { ConversationsView } from "./conversations-view.ts";
import { askToDelete } from "./delete-dialog.ts";
import { element } from "./elements.ts";
import { failureNotice } from "./failure.ts";
import { ReceiptsView } from "./receipts-view.ts";
import { makeSample } from "./sample.ts";
import { scriptedAgent } from "./scripted-agent.ts";
import { type ConversationSummary, listConversations, loadConversation } from "./stored-conversations.ts";

/** What the page brings besides the store. */
export interface DemoOptions {
  /** How long the agent thinks before each of the two messages of its turn, in milliseconds. */
  readonly thinkingTime: number;
  readonly reload: () => void;
}

/** The page over an open store: all that it shows is read from the store, but for the turns that it is running. */
export class Demo {
  readonly #root: HTMLElement;
  readonly #store: BurrowStore;
  readonly #thinkingTime: number;
  readonly #failures = element("div");
  readonly #conversations: ConversationsView;
  readonly #conversation: ConversationView;
  readonly #receipts: ReceiptsView;
  /** The messages so far of the turns that this page is running. */
  readonly #turns = new Map<InputId, readonly Message[]>();
  readonly #acceptedHere = new Set<InputId>();
  readonly #recovered = new Set<InputId>();
  #open: ConversationSummary | undefined;
  #refreshes = 0;

  constructor(root: HTMLElement, store: BurrowStore, { thinkingTime, reload }: DemoOptions) {
    this.#root = root;
    this.#store = store;
    this.#thinkingTime = thinkingTime;
    this.#receipts = new ReceiptsView(store);
    this.#conversations = new ConversationsView({ create: () => void this.#create() });
    this.#conversation = new ConversationView({
      send: (text) => this.#send(text),
      reload,
      askToDelete: () => void this.#delete(),
      showReceipt: (revision) => void this.#receipts.openReceipt(revision),
    });
  }

  /** Shows what is stored, and runs the turns that an earlier life of the page left behind; resolves when none is left. */
  async start(): Promise<void> {
    await this.#attempt(() => makeSample(this.#store));
    const views = [this.#conversations, this.#conversation, this.#receipts];
    this.#root.replaceChildren(
      this.#failures,
      element("div", { class: "panes" }, ...views.map((view) => view.element)),
    );
    addEventListener("hashchange", () => void this.#refresh());
    // Another tab may have written meanwhile.
    addEventListener("focus", () => void this.#refresh());
    await this.#refresh();
    await this.#attempt(async () => {
      await Promise.all((await this.#store.listRuntimes()).map(({ runtime_id }) => this.#run(runtime_id)));
    });
  }

  /** Takes a message in and has it answered; resolves to whether it was accepted. */
  async #send(text: string): Promise<boolean> {
    this.#failures.replaceChildren();
    const runtimeId = this.#open?.head.runtime_id ?? newSessionId();
    const isAccepted = await this.#attempt(async () => {
      const { input_id } = await acceptPrompt(this.#store, runtimeId, text);
      this.#acceptedHere.add(input_id);
    });
    if (isAccepted) {
      await this.#show(runtimeId);
      void this.#run(runtimeId);
    }
    return isAccepted;
  }

  /** Runs what is pending; a failure leaves it pending, to be tried again. */
  async #run(runtimeId: string): Promise<void> {
    const begun = new Set<InputId>();
    const think = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, this.#thinkingTime));
    const onProgress = (inputId: InputId, turn: readonly Message[]): void => {
      begun.add(inputId);
      if (!this.#acceptedHere.has(inputId)) this.#recovered.add(inputId);
      this.#turns.set(inputId, turn);
      void this.#refresh();
    };
    try {
      await runPendingInputs(this.#store, runtimeId, scriptedAgent({ think, onProgress }));
    } catch (error) {
      this.#fail(error, () => void this.#run(runtimeId));
    }
    for (const id of begun) this.#turns.delete(id);
    await this.#refresh();
  }

  async #create(): Promise<void> {
    const runtimeId = newSessionId();
    await this.#attempt(() => this.#store.persistRuntimeState(runtimeId, "idle"));
    await this.#show(runtimeId);
    this.#conversation.focus();
  }

  async #delete(): Promise<void> {
    if (!this.#open) return;
    const { title, head } = this.#open;
    const deletion = await askToDelete(this.#root, title);
    if (!deletion) return;
    // A turn that another tab is running would be committed after the deletion, and bring the runtime back.
    await this.#attempt(() => aloneWith(head.runtime_id, () => this.#store.deleteRuntime(head.runtime_id, deletion)));
    await this.#refresh();
  }

  async #show(runtimeId: string): Promise<void> {
    history.replaceState(null, "", addressOf(runtimeId));
    await this.#refresh();
  }

  /** Reads what is stored and shows it; of several at a time, only the one that began last is shown. */
  async #refresh(): Promise<void> {
    const ticket = ++this.#refreshes;
    await this.#attempt(async () => {
      const summaries = await listConversations(this.#store);
      const open = summaries.find(({ head }) => addressOf(head.runtime_id) === location.hash) ?? summaries[0];
      const stored = open && (await loadConversation(this.#store, open));
      if (ticket !== this.#refreshes) return;
      this.#open = open;
      this.#conversations.show(summaries, open?.head.runtime_id);
      this.#conversation.show(stored, { turns: this.#turns, recovered: this.#recovered });
      this.#receipts.show(open?.head.runtime_id, stored?.receipts ?? []);
    });
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

  #fail(error: unknown, retry?: () => void): void {
    const clearAndRetry = (): void => {
      this.#failures.replaceChildren();
      retry?.();
    };
    this.#failures.replaceChildren(failureNotice(error, retry && { label: "Try again", act: clearAndRetry }));
  }
}

/** The part of the page's address that names the open conversation, so that a reload comes back to it. */
const addressOf = (runtimeId: string): string => `#${encodeURIComponent(runtimeId)}`;
