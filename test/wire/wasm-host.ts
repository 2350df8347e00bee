import { expect, onTestFinished, test } from "vitest";
import type { BurrowStore } from "../../src/contract/index.ts";
import { fromBase64 } from "../../src/records/typed-arrays.ts";
import { type WireStore, wireStore } from "../../src/wire/index.ts";

/** What `assembly/host.ts` exports. */
interface Host {
  readonly memory: WebAssembly.Memory;
  commitConversation(turns: number, expectedRevision: bigint): void;
  reserve(length: number): number;
  isConversation(turns: number, at: number, length: number): number;
}

/** A commit that a host began: the view of its memory that it passed, and the answer. */
interface Commit {
  readonly view: Uint8Array;
  readonly receipt: Promise<string>;
}

/** Puts a store under a host that is a real WebAssembly module, given in base64. */
export function testWasmHost(compile: () => Promise<string>, open: () => Promise<BurrowStore>): void {
  test("a host whose memory grows under its commits reads back what it committed, to the byte", async () => {
    const store = await open();
    onTestFinished(() => store.close());
    const wire = wireStore(store);
    const { host, commits } = await startHost(await compile(), wire);

    for (const turns of [0, 3, 3000]) {
      host.commitConversation(turns, (await wire.loadRuntime("agent")).revision);
      const { view, receipt } = last(commits);
      expect(view.byteLength).toBe(0); // It is detached.
      expect(JSON.parse(await receipt)).toMatchObject({ boundary: "run_start", message_count: turns });

      const bytes = (await wire.loadSessionSnapshot("agent")) ?? new Uint8Array();
      const at = host.reserve(bytes.length);
      new Uint8Array(host.memory.buffer).set(bytes, at);
      expect(host.isConversation(turns, at, bytes.length)).toBe(1);
    }

    host.commitConversation(5, 1n);
    await expect(last(commits).receipt).rejects.toMatchObject({
      kind: "write_failed",
      code: "revision_conflict",
      detail: expect.stringContaining("3") as string,
    });
    expect((await wire.loadRuntime("agent")).revision).toBe(3n);
  });
}

async function startHost(binary: string, wire: WireStore): Promise<{ host: Host; commits: Commit[] }> {
  const commits: Commit[] = [];
  /** AssemblyScript's own text: UTF-16 at an address, its length in bytes in the four bytes before. */
  const textAt = (address: number): string => {
    const { buffer } = host.memory;
    const length = new DataView(buffer).getUint32(address - 4, true);
    return new TextDecoder("utf-16le").decode(new Uint8Array(buffer, address, length));
  };
  const commitSessionBoundary = (
    runtimeId: number,
    snapshot: number,
    length: number,
    runId: number,
    boundary: number,
    inputId: number,
    expectedRevision: bigint,
  ): void => {
    const view = new Uint8Array(host.memory.buffer, snapshot, length);
    const receipt = wire.commitSessionBoundary(
      textAt(runtimeId),
      view,
      textAt(runId),
      textAt(boundary),
      [textAt(inputId)],
      [],
      null,
      expectedRevision,
    );
    commits.push({ view, receipt });
  };
  const bytes = fromBase64("Uint8Array", binary) as Uint8Array<ArrayBuffer>;
  const { instance } = await WebAssembly.instantiate(bytes, {
    host: { commitSessionBoundary },
    env: { abort: () => undefined },
  });
  const host = instance.exports as unknown as Host;
  return { host, commits };
}

function last(commits: readonly Commit[]): Commit {
  const commit = commits.at(-1);
  if (commit === undefined) throw new Error("nothing was committed");
  return commit;
}
