import type { BurrowStore, RuntimeChangeListener, RuntimeLease, VerifyOptions } from "../contract/index.ts";
import { RuntimeStoreError } from "../core/errors.ts";
import { newUuid } from "../core/ids.ts";
import { Changes } from "../store/changes.ts";
import { outcomeOf, receivedError } from "./answers.ts";
import { capturedArguments } from "./captured-arguments.ts";
import { type MethodName, METHODS } from "./methods.ts";
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
import { giveSignOfLife, type SignOfLife, watchSignOfLife } from "./sign-of-life.ts";

/** How long to wait for a host that says nothing, in milliseconds. */
const GREETING_LIMIT = 30_000;

/**
 * Connects to the store that `hostRuntimeStore` serves at the other end of a port: the same contract, while reading, hashing
 * and the database itself stay there. Records are copied at the call, a snapshot is copied once and moves, or moves at once if
 * it is given up (`transfer`). What is returned belongs to the caller, as ever.
 *
 * `close` ends this connection alone, with the leases that it holds: the hosted store stays open for others, and so does the
 * port, being the app's. Close a `MessagePort` that is used no more, at both ends: with each that a worker keeps open, WebKit
 * delivers every message more slowly (300 of them: five times). When the host is gone (its worker was terminated, or stopped
 * serving), writes that have no answer yet are `outcome_unknown`, and all other calls `database_closed`. It is noticed by a
 * Web Lock; without the API (insecure origins) only where closing a port is an event.
 *
 * The `origin` of a change is a guess that errs towards `elsewhere`: it is `here` when of all clients of the hosted store this
 * one alone is writing to the runtime, whose own change it is then, unless the worker itself writes to it meanwhile.
 * @throws {RuntimeStoreError} what opening the hosted store rejected with; `unsupported` when the host is of another version of
 * this library; `database_unavailable` when the worker could not be started, `timed_out` when nobody answers for 30 s.
 */
export async function connectRuntimeStore(port: StorePort): Promise<BurrowStore> {
  const client = new Client(port, await giveSignOfLife());
  await client.open();
  return hostedStore(client);
}

/** The methods that are asked for over the port, all of them by their list, each made of the target. */
function methodsOf(client: Client, target: number): object {
  const methods: Record<string, unknown> = {};
  const sessions: Record<string, unknown> = {};
  for (const name of Object.keys(METHODS) as MethodName[]) {
    const method = (...given: unknown[]): Promise<unknown> => client.call(target, name, given);
    const [first, second] = name.split(".") as [string, string | undefined];
    if (second === undefined) methods[first] = method;
    else sessions[second] = method;
  }
  return { ...methods, sessions };
}

function hostedStore(client: Client): BurrowStore {
  const { release, ...methods } = methodsOf(client, STORE) as RuntimeLease;
  const close = (): Promise<void> => client.close();
  const subscribe = (listener: RuntimeChangeListener): (() => void) => client.subscribe(listener, client.signal);
  return { ...methods, subscribe, close, [Symbol.asyncDispose]: close };
}

function hostedLease(client: Client, target: number, acquired: AcquiredLease, signal: AbortSignal): RuntimeLease {
  const methods = methodsOf(client, target) as RuntimeLease;
  const release = (): Promise<void> => client.release(target);
  const subscribe = (listener: RuntimeChangeListener): (() => void) => client.subscribe(listener, signal);
  return { ...methods, ...acquired, signal, subscribe, release, close: release, [Symbol.asyncDispose]: release };
}

/** One end of a connection, from the greeting to the last answer. */
class Client {
  readonly #port: StorePort;
  readonly #id: string = newUuid();
  readonly #sign: SignOfLife | undefined;
  readonly #channel: Channel<HostFunctions>;
  readonly #changes = new Changes(undefined);
  readonly #listeners = new Map<number, NonNullable<VerifyOptions["onProgress"]>>();
  /** What ends the leases that are held. */
  readonly #leases = new Map<number, AbortController>();
  readonly #ending = new AbortController();
  readonly #stopListening: () => void;
  #welcome: (greeting: Greeting) => void = () => undefined;
  #stopWatching: () => void = () => undefined;
  #calls = STORE;
  #closing: Promise<void> | undefined;
  #isOver = false;

  constructor(port: StorePort, sign: SignOfLife | undefined) {
    this.#port = port;
    this.#sign = sign;
    this.#channel = openChannel<HostFunctions>(port, this.#id, {
      hear: (call, progress) => this.#listeners.get(call)?.(progress),
      changed: (change) => this.#changes.tell(change),
      ended: (lease, reason) => this.#endLease(lease, receivedError(reason)),
      gone: () => this.#lose("the host has stopped serving this store"),
    } satisfies ClientFunctions);
    this.#stopListening = listen(port, (message) => {
      if ("ready" in message) this.#greet();
      else if (message.connection !== this.#id) return;
      else if ("welcome" in message) this.#welcome(message.welcome);
      else if ("rpc" in message) this.#channel.hear(message.rpc);
    });
    port.addEventListener("close", this.#portClosed);
  }

  /** Aborted, with a `database_closed` error, once no more calls are made. */
  get signal(): AbortSignal {
    return this.#ending.signal;
  }

  /** Finds the host, and waits for its store to be open. */
  async open(): Promise<void> {
    try {
      const { version, sign } = await this.#meetHost();
      if (version !== PROTOCOL_VERSION) throw otherVersion(version);
      this.#stopWatching = await watchSignOfLife(sign, () => this.#lose("the worker of this store has ended"));
      outcomeOf(await this.#channel.call("open"));
    } catch (error) {
      this.#channel.tell("end");
      this.#finish("this store could not be reached");
      throw error;
    }
  }

  async call(target: number, name: MethodName, given: readonly unknown[]): Promise<unknown> {
    const { args, transfer, listener, signal } = capturedArguments(name, given);
    this.signal.throwIfAborted();
    signal?.throwIfAborted();
    const call = ++this.#calls;
    if (listener) this.#listeners.set(call, listener);
    const request: Request = { call, target, args, transfer };
    try {
      const answered = this.#channel.call(name, request);
      const outcome = outcomeOf(await (signal ? this.#unlessAborted(answered, signal, call) : answered));
      return name === "acquireRuntime" ? this.#lease(call, outcome as AcquiredLease) : outcome;
    } finally {
      this.#listeners.delete(call);
    }
  }

  subscribe(listener: unknown, signal: AbortSignal): () => void {
    return this.#changes.subscribe(listener, signal);
  }

  /** A lease ends with its connection, whichever way that ends. */
  async release(lease: number): Promise<void> {
    try {
      if (!this.signal.aborted) await this.call(lease, "release", []);
    } catch (error) {
      if (!this.signal.aborted) throw error;
    }
    await this.#closing;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    if (this.#isOver) return;
    const ended = this.#channel.call("end");
    this.#ending.abort(closed("this store was closed"));
    await ended.catch(() => undefined); // the host is gone, and the connection with it
    this.#finish("this store was closed");
  }

  #lease(call: number, acquired: AcquiredLease): RuntimeLease {
    const ending = new AbortController();
    this.#leases.set(call, ending);
    return hostedLease(this, call, acquired, ending.signal);
  }

  #endLease(lease: number, reason: Error): void {
    this.#leases.get(lease)?.abort(reason);
    this.#leases.delete(lease);
  }

  #greet(): void {
    const hello: Greeting = { version: PROTOCOL_VERSION, sign: this.#sign?.name };
    post(this.#port, { connection: this.#id, hello });
  }

  /** Greets at once, and again when a host begins to listen, which has heard nothing of before. */
  #meetHost(): Promise<Greeting> {
    return new Promise((resolve, reject) => {
      const failed = (event: Event): void => {
        settle();
        const cause = new Error((event as Partial<ErrorEvent>).message ?? "its script could not be loaded");
        reject(new RuntimeStoreError("database_unavailable", "the worker of this store did not start", { cause }));
      };
      const timer = setTimeout(() => {
        settle();
        reject(new RuntimeStoreError("timed_out", `nobody serves a store at this port, after ${GREETING_LIMIT} ms`));
      }, GREETING_LIMIT);
      const settle = (): void => {
        clearTimeout(timer);
        this.#port.removeEventListener("error", failed);
      };
      this.#welcome = (greeting) => {
        settle();
        resolve(greeting);
      };
      // Later on it tells of an error that the worker has survived.
      this.#port.addEventListener("error", failed);
      this.#greet();
    });
  }

  /** Rejects at once: what can be aborted has nothing to write. */
  #unlessAborted(answered: Promise<Answer>, signal: AbortSignal, call: number): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        this.#channel.tell("abort", call);
        reject(signal.reason as Error);
      };
      signal.addEventListener("abort", abort);
      const settled = (): void => signal.removeEventListener("abort", abort);
      answered.then(resolve, reject).finally(settled);
    });
  }

  readonly #portClosed = (): void => this.#lose("the port of this store was closed");

  #lose(why: string): void {
    if (!this.signal.aborted) this.#ending.abort(closed(why));
    this.#finish(why);
  }

  /** Lets go of the port. What is still without an answer will never have one. */
  #finish(why: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#stopListening();
    this.#port.removeEventListener("close", this.#portClosed);
    this.#stopWatching();
    this.#sign?.release();
    this.#channel.end((name) => (isWrite(name) ? new RuntimeStoreError("outcome_unknown", why) : closed(why)));
    for (const lease of this.#leases.keys()) this.#endLease(lease, new RuntimeStoreError("lease_lost", why));
  }
}

const isWrite = (name: string): boolean => Object.hasOwn(METHODS, name) && METHODS[name as MethodName].writes;

const closed = (why: string): RuntimeStoreError => new RuntimeStoreError("database_closed", why);

const otherVersion = (version: number): RuntimeStoreError =>
  new RuntimeStoreError(
    "unsupported",
    `the host speaks version ${version} of the protocol, this client version ${PROTOCOL_VERSION}: load one release in both`,
  );
