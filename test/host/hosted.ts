import { connectRuntimeStore, hostRuntimeStore } from "burrow-store/host";
import { createMemoryRuntimeStore } from "burrow-store/memory";
import { onTestFinished } from "vitest";
import type { BurrowStore } from "../../src/contract/index.ts";

/** A client of a store at the other end of a channel, all closed when the test is finished. */
export interface Hosted {
  readonly store: BurrowStore;
  readonly client: BurrowStore;
  readonly stop: () => Promise<void>;
  /** The host's port, then the client's. */
  readonly ports: readonly [MessagePort, MessagePort];
}

export async function hosted(store: BurrowStore = createMemoryRuntimeStore()): Promise<Hosted> {
  const { port1, port2 } = channel();
  const stop = hostRuntimeStore(store, port1);
  return { store, client: await connectRuntimeStore(port2), stop, ports: [port1, port2] };
}

export function channel(): MessageChannel {
  const made = new MessageChannel();
  onTestFinished(() => made.port1.close());
  return made;
}

/** A store, some methods of which are others. */
export const withMethods = (store: BurrowStore, methods: Partial<BurrowStore>): BurrowStore =>
  new Proxy(store, {
    get: (target, name) => {
      const member: unknown = Reflect.get(methods, name) ?? Reflect.get(target, name);
      return typeof member === "function" ? (member.bind(target) as unknown) : member;
    },
  });
