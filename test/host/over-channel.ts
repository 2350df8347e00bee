import type { Harness } from "../../src/conformance/index.ts";
import type { BurrowStore } from "../../src/contract/index.ts";
import { connectRuntimeStore, hostRuntimeStore } from "../../src/host/index.ts";

/** The same harness with each store at the other end of a channel. Whoever closes the client closes the store. */
export function overChannel(harness: Harness): Harness {
  return {
    ...harness,
    open: async (name) => {
      const store = await harness.open(name);
      const { port1, port2 } = new MessageChannel();
      hostRuntimeStore(store, port1);
      return closingToo(await connectRuntimeStore(port2), async () => {
        await store.close();
        port1.close();
      });
    },
  };
}

/** A client that closes what it reaches too, once it is closed itself. */
export function closingToo(client: BurrowStore, closeHosted: () => Promise<unknown>): BurrowStore {
  let closing: Promise<unknown> | undefined;
  const close = async (): Promise<void> => {
    await client.close();
    await (closing ??= closeHosted());
  };
  return { ...client, close, [Symbol.asyncDispose]: close };
}
