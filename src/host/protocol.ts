import { createBirpc } from "birpc";
import type { RuntimeChange, RuntimeLease, VerifyProgress } from "../contract/index.ts";
import { isRuntimeStoreError, RuntimeStoreError, type RuntimeStoreErrorJson } from "../core/errors.ts";
import type { MethodName } from "./methods.ts";

/** To be raised with every change of a message: two ends work together only if they speak the same version. */
export const PROTOCOL_VERSION = 1;

/**
 * What a store is hosted and reached at: a `MessagePort`, the port of a `SharedWorker`, a `Worker`, or the global scope of a
 * dedicated worker. Other messages may go over it too.
 */
export interface StorePort {
  postMessage(message: unknown, options?: { transfer?: Transferable[] }): void;
  addEventListener(type: string, listener: (event: Event) => void): void;
  removeEventListener(type: string, listener: (event: Event) => void): void;
  start?(): void;
}

/** Something to post, with the buffers in it that move instead of being copied. */
export interface Sent {
  readonly transfer?: Transferable[] | undefined;
}

/** What calls are made of, besides the leases: each of those has the number of the call that acquired it. */
export const STORE = 0;

/** A call of a method. */
export interface Request extends Sent {
  /** The number of the call, from 1: under it the call is aborted, and its listener called. */
  readonly call: number;
  /** The number of what it is made of. */
  readonly target: number;
  readonly args: readonly unknown[];
}

/** An error as it is posted: a structured clone would lose the name and the members of the store's own. */
export type SentError = RuntimeStoreErrorJson | { readonly name: string; readonly message: string };

/** What became of a request. */
export interface Answer extends Sent {
  readonly value?: unknown;
  /** The damaged rows that stand behind the sound ones of a list. */
  readonly corrupt?: readonly RuntimeStoreErrorJson[] | undefined;
  readonly error?: SentError | undefined;
}

/** What a client has to know of a lease that it has acquired. */
export type AcquiredLease = Pick<RuntimeLease, "runtimeId" | "epoch">;

/** What a client asks of a host, besides the methods of the contract. */
export interface HostControls {
  /** Answered once the hosted store is open, or could not be opened. */
  open(): Promise<Answer>;
  /** Answered once the calls made so far have been, and the connection is over. */
  end(): Promise<Answer>;
  /** The caller does not wait for the call any more. */
  abort(call: number): void;
}

export type HostFunctions = Readonly<Record<MethodName, (request: Request) => Promise<Answer>>> & HostControls;

/** What a host tells a client. */
export interface ClientFunctions {
  /** Calls the listener that a call has brought. */
  hear(call: number, progress: VerifyProgress): void;
  changed(change: RuntimeChange): void;
  /** A lease has ended. */
  ended(lease: number, reason: SentError): void;
  /** The host serves no longer. */
  gone(): void;
}

/** What each end tells the other at first, in a form that every version reads. */
export interface Greeting {
  readonly version: number;
  /** The name of its sign of life, where it can give one. */
  readonly sign?: string | undefined;
}

/** All that is posted, in an object of one member: whatever else comes by is somebody else's. */
export type Message =
  /** Of a host that has begun to listen: greetings that were sent before are lost. */
  | { readonly ready: true }
  | { readonly connection: string; readonly hello: Greeting }
  | { readonly connection: string; readonly welcome: Greeting }
  | { readonly connection: string; readonly rpc: object };

const ENVELOPE = "burrow-store";

export function post(port: StorePort, message: Message, { transfer = [] }: Sent = {}): void {
  port.postMessage({ [ENVELOPE]: message }, { transfer });
}

/** Calls `hear` with each message of this library until the returned function is called. */
export function listen(port: StorePort, hear: (message: Message) => void): () => void {
  const listener = (event: Event): void => {
    const { data } = event as MessageEvent<unknown>;
    const message = isObject(data) ? data[ENVELOPE] : undefined;
    if (isMessage(message)) hear(message);
  };
  port.addEventListener("message", listener);
  port.start?.();
  return () => port.removeEventListener("message", listener);
}

function isMessage(value: unknown): value is Message {
  if (!isObject(value)) return false;
  const { ready, connection, hello, welcome, rpc } = value;
  if (typeof connection !== "string") return ready === true;
  const greeting = hello ?? welcome;
  return isObject(greeting) ? typeof greeting.version === "number" : isRpc(rpc);
}

function isRpc(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { t, m, a } = value;
  return t === "s" || (t === "q" && typeof m === "string" && Array.isArray(a));
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;

/** One end of a connection, which calls the functions of the other. */
export interface Channel<Remote> {
  /** To be given what the other end has posted. */
  hear(rpc: object): void;
  /** Posts before it returns. */
  call(name: keyof Remote & string, sent?: Sent): Promise<Answer>;
  /** Calls without an answer. */
  tell<Name extends keyof Remote & string>(
    name: Name,
    ...args: Remote[Name] extends (...args: infer Args) => void ? Args : never
  ): void;
  /** Rejects the calls that are under way; what is told from now on is not heard. */
  end(because: (name: string) => Error): void;
}

export function openChannel<Remote>(port: StorePort, connection: string, functions: object): Channel<Remote> {
  let hear: (rpc: object) => void = () => undefined;
  const named = new Map<string, unknown>(Object.entries(functions));
  const rpc = createBirpc<Record<string, (...args: unknown[]) => Answer>, object, false>(functions, {
    on: (listener) => {
      hear = listener;
    },
    post: (message: { a?: [Sent?]; r?: Sent }) => {
      post(port, { connection, rpc: message }, message.a?.[0] ?? message.r);
    },
    // By what is in the map: every object has a `constructor` to call.
    resolver: (name) => named.get(name) as () => unknown,
    // With a name it is of an answer that could not be posted, which the caller is told; else it is what a call rejects with.
    onGeneralError: (_, name) => name !== undefined,
    timeout: -1,
    proxify: false,
  });
  return {
    hear: (message) => hear(message),
    call: (name, sent = {}) =>
      rpc.$call(name, sent).catch((cause: unknown) => {
        if (isRuntimeStoreError(cause)) throw cause;
        throw new RuntimeStoreError("unsupported", "the answer could not pass the port", { cause });
      }),
    tell: (name, ...args) => {
      if (!rpc.$closed) void rpc.$callEvent(name, ...(args as unknown[]));
    },
    end: (because) => {
      void rpc.$rejectPendingCalls(({ method, reject }) => reject(because(method)));
      rpc.$close();
    },
  };
}
