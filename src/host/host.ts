import type {
  BurrowStore,
  RuntimeChange,
  RuntimeDump,
  RuntimeLease,
  VerifyOptions,
  VerifyProgress,
} from "../contract/index.ts";
import { RuntimeStoreError } from "../core/errors.ts";
import { answerOf, sentError } from "./answers.ts";
import { type Kind, type MethodName, METHODS } from "./methods.ts";
import {
  type AcquiredLease,
  type Answer,
  type Channel,
  type ClientFunctions,
  type Greeting,
  type HostFunctions,
  listen,
  openChannel,
  post,
  PROTOCOL_VERSION,
  type Request,
  STORE,
  type StorePort,
} from "./protocol.ts";
import { giveSignOfLife, watchSignOfLife } from "./sign-of-life.ts";

/**
 * Serves a store to the clients at a port, any number of them. Call it before anything is awaited, with the promise of a store
 * that is being opened: an error of the opening is then what `connectRuntimeStore` rejects with. One store may be served at many
 * ports, as in a `SharedWorker`. Whoever opened the store closes it; no client can.
 * @returns its own undo: the calls made so far are answered, then every later one is `database_closed`.
 */
export function hostRuntimeStore(store: BurrowStore | Promise<BurrowStore>, port: StorePort): () => Promise<void> {
  const opening = Promise.resolve(store);
  opening.catch(() => undefined); // each client is told
  const sign = giveSignOfLife();
  const connections = new Map<string, HostedConnection>();
  let isServing = true;

  const greet = async (id: string, hello: Greeting): Promise<void> => {
    const name = (await sign)?.name;
    if (!isServing) return;
    // A client that greets twice was not sure to be heard.
    if (hello.version === PROTOCOL_VERSION && !connections.has(id)) {
      const connection = new HostedConnection(opening, port, id, () => connections.delete(id));
      connections.set(id, connection);
      await connection.watch(hello.sign);
    }
    post(port, { connection: id, welcome: { version: PROTOCOL_VERSION, sign: name } });
  };

  const stopListening = listen(port, (message) => {
    if ("hello" in message) void greet(message.connection, message.hello);
    else if ("rpc" in message) connections.get(message.connection)?.hear(message.rpc);
  });
  const portClosed = (): void => {
    for (const connection of connections.values()) connection.forsake();
  };
  port.addEventListener("close", portClosed);
  post(port, { ready: true });

  return async () => {
    isServing = false;
    stopListening();
    port.removeEventListener("close", portClosed);
    await Promise.all([...connections.values()].map((connection) => connection.stop()));
    (await sign)?.release();
  };
}

/** The runtime that a call is about: it comes first, by its id or as a dump. */
const runtimeIdIn = ([first]: Request["args"]): unknown =>
  (first as Partial<RuntimeDump> | undefined)?.runtime_id ?? first;

/** A call that has no answer yet. */
interface Running {
  readonly name: MethodName;
  readonly runtimeId: unknown;
  readonly answer: Promise<Answer>;
  readonly abort: AbortController;
}

/** What the host keeps for one client. */
class HostedConnection {
  readonly #opening: Promise<BurrowStore>;
  readonly #channel: Channel<ClientFunctions>;
  readonly #forget: () => void;
  readonly #running = new Map<number, Running>();
  /** Also those that have ended: a repeated operation gets its first receipt from them. */
  readonly #leases = new Map<number, RuntimeLease>();
  #stopTelling: () => void = () => undefined;
  #stopWatching: () => void = () => undefined;
  #isOver = false;

  constructor(opening: Promise<BurrowStore>, port: StorePort, id: string, forget: () => void) {
    this.#opening = opening;
    this.#forget = forget;
    this.#channel = openChannel<ClientFunctions>(port, id, this.#functions());
  }

  async watch(sign: string | undefined): Promise<void> {
    this.#stopWatching = await watchSignOfLife(sign, () => this.forsake());
  }

  hear(rpc: object): void {
    this.#channel.hear(rpc);
  }

  /** Whether a call of this client may be changing a runtime. */
  isWriting(runtimeId: string): boolean {
    return [...this.#running.values()].some((call) => METHODS[call.name].writes && call.runtimeId === runtimeId);
  }

  async stop(): Promise<void> {
    await this.#settle();
    this.#channel.tell("gone");
    this.#channel.end(closed);
  }

  /** Ends what was begun for a client that is dead. */
  forsake(): void {
    this.#isOver = true;
    this.#channel.end(closed);
    for (const { abort } of this.#running.values()) abort.abort();
    void this.#letGo();
  }

  #functions(): HostFunctions {
    const names = Object.keys(METHODS) as MethodName[];
    const methods = names.map((name) => [name, (request: Request) => this.#perform(name, request)] as const);
    return {
      ...(Object.fromEntries(methods) as Record<MethodName, (request: Request) => Promise<Answer>>),
      open: () => this.#open(),
      abort: (call) => {
        this.#running.get(call)?.abort.abort();
        void this.#leases.get(call)?.release(); // its answer came too late
      },
      end: async () => {
        await this.#settle();
        this.#channel.end(closed);
        return {};
      },
    };
  }

  async #open(): Promise<Answer> {
    try {
      const store = await this.#opening;
      const clients = clientsOf(store).add(this);
      const unsubscribe = store.subscribe((change) => {
        this.#channel.tell("changed", { ...change, origin: this.#originOf(change, clients) });
      });
      this.#stopTelling = () => {
        unsubscribe();
        clients.delete(this);
      };
      return {};
    } catch (error) {
      return { error: sentError(error) };
    }
  }

  /** What this client has stored, as far as nobody else can have. */
  #originOf({ origin, runtimeId }: RuntimeChange, clients: ReadonlySet<HostedConnection>): RuntimeChange["origin"] {
    const writers = [...clients].filter((client) => client.isWriting(runtimeId));
    return origin === "here" && writers.length === 1 && writers[0] === this ? "here" : "elsewhere";
  }

  async #perform(name: MethodName, request: Request): Promise<Answer> {
    const { call, args } = request;
    const abort = new AbortController();
    const answer = this.#answer(name, request, abort.signal);
    this.#running.set(call, { name, runtimeId: runtimeIdIn(args), answer, abort });
    try {
      return await answer;
    } finally {
      this.#running.delete(call);
    }
  }

  async #answer(name: MethodName, { call, target, args }: Request, signal: AbortSignal): Promise<Answer> {
    try {
      const kinds = Object.values(METHODS[name].takes);
      const hear = (progress: VerifyProgress): void => this.#channel.tell("hear", call, progress);
      const given = kinds.map((kind, index) => received(args[index], kind, hear, signal));
      const store = await this.#opening;
      const result = await methodOf(target === STORE ? store : this.#leases.get(target), name)(...given);
      return answerOf(name === "acquireRuntime" ? await this.#keep(result as RuntimeLease, call) : result);
    } catch (error) {
      return { error: sentError(error) };
    }
  }

  async #keep(lease: RuntimeLease, call: number): Promise<AcquiredLease> {
    if (this.#isOver) await lease.release();
    this.#leases.set(call, lease);
    const { runtimeId, epoch, signal } = lease;
    signal.addEventListener("abort", () => this.#channel.tell("ended", call, sentError(signal.reason)));
    return { runtimeId, epoch };
  }

  /** Lets the calls made so far end, but for those that wait for a runtime, and gives back what the client holds. */
  async #settle(): Promise<void> {
    this.#isOver = true;
    for (const { name, abort } of this.#running.values()) if (name === "acquireRuntime") abort.abort(closed());
    await Promise.all([...this.#running.values()].map(({ answer }) => answer));
    await this.#letGo();
  }

  async #letGo(): Promise<void> {
    this.#forget();
    this.#stopWatching();
    this.#stopTelling();
    await Promise.allSettled([...this.#leases.values()].map((lease) => lease.release()));
  }
}

const clientsOfStores = new WeakMap<BurrowStore, Set<HostedConnection>>();

/** The clients of a store at all ports that it is served at. */
function clientsOf(store: BurrowStore): Set<HostedConnection> {
  const clients = clientsOfStores.get(store) ?? new Set();
  clientsOfStores.set(store, clients);
  return clients;
}

const closed = (): RuntimeStoreError => new RuntimeStoreError("database_closed", "this store was closed");

/** An argument as the store takes it. Whatever can be aborted has a signal of the host's own, for connections end too. */
function received(value: unknown, kind: Kind, hear: VerifyOptions["onProgress"], signal: AbortSignal): unknown {
  if (kind === "listener") return value === true ? hear : undefined;
  if (kind === "signal") return signal;
  if (typeof kind === "string") return value;
  const given = value === undefined && "signal" in kind ? {} : value;
  if (typeof given !== "object" || given === null) return given;
  const members = Object.entries(kind).map(([name, member]) => {
    return [name, received((given as Readonly<Record<string, unknown>>)[name], member, hear, signal)];
  });
  return Object.fromEntries(members) as object;
}

type StoreMethod = (this: unknown, ...given: readonly unknown[]) => Promise<unknown>;

function methodOf(
  target: BurrowStore | undefined,
  name: MethodName,
): (...given: readonly unknown[]) => Promise<unknown> {
  const [first, second] = name.split(".") as [string, string | undefined];
  const [owner, method] = second === undefined ? [target, first] : [target?.sessions, second];
  const call = (owner as Record<string, StoreMethod | undefined> | undefined)?.[method];
  if (call === undefined) throw new RuntimeStoreError("unsupported", `there is no ${name} here`);
  return call.bind(owner);
}
