import { type BurrowStore, type InputId, newSessionId, type RuntimeHead } from "../src/index.ts";
import type { Message } from "../src/session/index.ts";
import { readSession } from "../src/session/index.ts";
import { acceptPrompt, aloneWith, runPendingInputs } from "./agent.ts";
import { ConversationView, type OpenConversation } from "./conversation-view.ts";
import { type ConversationSummary, ConversationsView } from "./conversations-view.ts";
import { askToDelete } from "./delete-dialog.ts";
import { element } from "./elements.ts";
import { failureNotice } from "./failure.ts";
import { ReceiptsView } from "./receipts-view.ts";
import { acceptSample, SAMPLE_RUNTIME_ID } from "./sample.ts";
import { scriptedAgent } from "./scripted-agent.ts";

export interface DemoOptions {
  /** How long the agent thinks before each of its two messages, in milliseconds. */
  readonly thinkingTime: number;
  readonly reload: () => void;
}

/** The page over an open store: all that it shows is read from the store, but for the turns that it is running. */
export class Demo {
  readonly #root: HTMLElement;
  readonly #store: BurrowStore;
  readonly #options: DemoOptions;
  readonly #failures = element("div", {});
  readonly #conversations: ConversationsView;
  readonly #conversation: ConversationView;
  readonly #receipts: ReceiptsView;
  /** The messages so far of the turns that this page is running. */
  readonly #turns = new Map<InputId, readonly Message[]>();
  readonly #acceptedHere = new Set<InputId>();
  readonly #recovered = new Set<InputId>();
  #open: ConversationSummary | undefined;
  #refreshes = 0;

  constructor(root: HTMLElement, store: BurrowStore, options: DemoOptions) {
    this.#root = root;
    this.#store = store;
    this.#options = options;
    this.#conversations = new ConversationsView({ create: () => void this.#create() });
    this.#conversation = new ConversationView({
      send: (text) => this.#send(text),
      reload: options.reload,
      askToDelete: () => void this.#delete(),
      showReceipt: (revision) => void this.#receipts.openReceipt(revision),
    });
    this.#receipts = new ReceiptsView(store);
  }

  /** Shows what is stored, and runs the turns that an earlier life of the page left behind. */
  async start(): Promise<void> {
    for (const id of await acceptSample(this.#store)) this.#acceptedHere.add(id);
    const views = [this.#conversations, this.#conversation, this.#receipts];
    this.#root.replaceChildren(this.#failures, element("div", { class: "panes" }, ...views.map((view) => view.element)));
    addEventListener("hashchange", () => void this.#refresh());
    // Another tab may have written meanwhile.
    addEventListener("focus", () => void this.#refresh());
    await this.#refresh();
    await Promise.all((await this.#store.listRuntimes()).map(({ runtime_id }) => this.#run(runtime_id)));
  }

  async #send(text: string): Promise<boolean> {
    const runtimeId = this.#open?.head.runtime_id ?? newSessionId();
    try {
      const { input_id } = await acceptPrompt(this.#store, runtimeId, text);
      this.#acceptedHere.add(input_id);
    } catch (error) {
      this.#fail(error);
      return false;
    }
    await this.#openConversation(runtimeId);
    void this.#run(runtimeId);
    return true;
  }

  /** Runs what is pending; a failure leaves it pending, to be tried again. */
  async #run(runtimeId: string): Promise<void> {
    const begun = new Set<InputId>();
    const onProgress = (inputId: InputId, turn: readonly Message[]): void => {
      begun.add(inputId);
      if (!this.#acceptedHere.has(inputId)) this.#recovered.add(inputId);
      this.#turns.set(inputId, turn);
      void this.#refresh();
    };
    const isQuick = runtimeId === SAMPLE_RUNTIME_ID && this.#turns.size === 0;
    const think = isQuick ? undefined : () => this.#think();
    try {
      await runPendingInputs(this.#store, runtimeId, scriptedAgent({ think, onProgress }));
    } catch (error) {
      this.#fail(error, { label: "Try again", act: () => void this.#run(runtimeId) });
    }
    for (const id of begun) this.#turns.delete(id);
    await this.#refresh();
  }

  #think(): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, this.#options.thinkingTime));
  }

  async #create(): Promise<void> {
    const runtimeId = newSessionId();
    await this.#attempt(() => this.#store.persistRuntimeState(runtimeId, "idle"));
    await this.#openConversation(runtimeId);
    this.#conversation.focus();
  }

  async #delete(): Promise<void> {
    if (!this.#open) return;
    const { title, head } = this.#open;
    const deletion = await askToDelete(this.#root, title);
    if (!deletion) return;
    // A turn that is being run would be committed after the deletion, and bring the runtime back.
    await this.#attempt(() => aloneWith(head.runtime_id, () => this.#store.deleteRuntime(head.runtime_id, deletion)));
    await this.#refresh();
  }

  async #openConversation(runtimeId: string): Promise<void> {
    history.replaceState(null, "", `#${encodeURIComponent(runtimeId)}`);
    await this.#refresh();
  }

  async #attempt(work: () => Promise<void>): Promise<void> {
    await work().catch((error: unknown) => {
      this.#fail(error);
    });
  }

  #fail(error: unknown, retry?: Parameters<typeof failureNotice>[1]): void {
    this.#failures.replaceChildren(failureNotice(error, retry));
  }

  /** Reads what is stored and shows it; of several at a time, only the one that began last is shown. */
  #refresh(): Promise<void> {
    const ticket = ++this.#refreshes;
    return this.#attempt(async () => {
      const [heads, sessions] = await Promise.all([this.#store.listRuntimes(), this.#store.sessions.list()]);
      const titles = new Map(sessions.map(({ id, metadata }) => [id, metadata.title]));
      const summaries = heads.map((head) => summaryOf(head, titles.get(head.session_id ?? ""))).sort(byLastCommit);
      const wanted = decodeURIComponent(location.hash.slice(1));
      const open = summaries.find(({ head }) => head.runtime_id === wanted) ?? summaries[0];
      const conversation = open && (await this.#load(open));
      if (ticket !== this.#refreshes) return;
      this.#open = open;
      this.#conversations.show(summaries, open?.head.runtime_id);
      this.#conversation.show(conversation);
      this.#receipts.show(open?.head.runtime_id ?? "", conversation?.receipts ?? []);
    });
  }

  async #load({ head, title }: ConversationSummary): Promise<OpenConversation> {
    const { runtime_id: runtimeId } = head;
    const [runtime, receipts] = await Promise.all([
      this.#store.loadRuntime(runtimeId),
      this.#store.listBoundaryReceipts(runtimeId),
    ]);
    return {
      runtimeId,
      title,
      messages: runtime.sessionSnapshot ? readSession(runtime.sessionSnapshot).messages : [],
      receipts,
      pending: runtime.pendingInputs.map(({ state }) => ({ state, turn: this.#turns.get(state.input_id) })),
      recovered: this.#recovered,
    };
  }
}

function summaryOf(head: RuntimeHead, title: unknown): ConversationSummary {
  const isSample = head.runtime_id === SAMPLE_RUNTIME_ID;
  return { head, isSample, title: typeof title === "string" && title !== "" ? title : "New conversation" };
}

/** The newest first; one without a commit is the newest of all. */
function byLastCommit(a: ConversationSummary, b: ConversationSummary): number {
  return (b.head.committed_at ?? Infinity) - (a.head.committed_at ?? Infinity) || 0;
}
