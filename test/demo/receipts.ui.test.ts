import { expect, test, vi } from "vitest";
import { createMemoryRuntimeStore } from "../../src/memory/index.ts";
import { openDemo } from "./demo-page.ts";

async function openSample() {
  const store = createMemoryRuntimeStore();
  location.hash = "";
  const { page, started } = openDemo(store);
  await started;
  return { store, page };
}

test("receipts stand in the order of their revisions, with a digest in short form", async () => {
  const { store, page } = await openSample();
  expect(page.texts(".receipt .revision")).toEqual(["revision 1", "revision 2", "revision 3"]);
  const [first] = await store.listBoundaryReceipts("sample");
  const digest = first?.receipt.conversation_digest ?? "";
  expect(page.texts(".receipt code")[0]).toBe(`${digest.slice(0, 8)}…${digest.slice(-4)}`);
  expect(page.texts(".receipt .facts")[0]).toBe("run_start · sequence 0 · 4 messages");
});

test("a receipt opens in full, with the inputs that it lists, and closes again", async () => {
  const { store, page } = await openSample();
  page.one("#receipt-2").click();
  await vi.waitFor(() => {
    expect(page.one("#receipt-2").getAttribute("aria-expanded")).toBe("true");
  });
  const second = (await store.listBoundaryReceipts("sample"))[1];
  const shown = page.one(".receipt-detail").textContent;
  for (const fact of [second?.receipt.run_id, second?.receipt.conversation_digest, second?.operation_id]) {
    expect(shown).toContain(fact);
  }
  expect(shown).toContain("by the store");
  expect(page.one(".input").textContent).toContain("Roll 2d6 for me");
  expect(page.one(".input .badge").textContent).toBe("consumed");
  expect(page.texts(".history li")).toHaveLength(5);
  expect(document.activeElement?.id).toBe("receipt-2");

  page.one("#receipt-2").click();
  expect(page.texts(".receipt-detail")).toEqual([]);
  expect(document.activeElement?.id).toBe("receipt-2");
});

test("the boundary in the conversation opens its receipt", async () => {
  const { page } = await openSample();
  page.all(".boundary button")[2]?.click();
  await vi.waitFor(() => {
    expect(page.one("#receipt-3").getAttribute("aria-expanded")).toBe("true");
  });
});

test("a digest is copied whole, or selected where there is no clipboard", async () => {
  const { store, page } = await openSample();
  const digest = (await store.listBoundaryReceipts("sample"))[0]?.receipt.conversation_digest;
  page.one("#receipt-1").click();
  await vi.waitFor(() => page.button("Copy"));
  const writeText = vi.spyOn(navigator.clipboard, "writeText").mockResolvedValue();
  page.button("Copy").click();
  await vi.waitFor(() => page.button("Copied"));
  expect(writeText).toHaveBeenCalledWith(digest);

  writeText.mockRejectedValue(new Error("not allowed"));
  page.button("Copied").click();
  await vi.waitFor(() => page.button("Selected"));
  expect(getSelection()?.toString()).toBe(digest);
});

test("recomputing tells an equal digest from another", async () => {
  const { store, page } = await openSample();
  const verdict = async (): Promise<string> => {
    page.one(".verdict").textContent = "";
    page.button("Recompute").click();
    await vi.waitFor(() => {
      expect(page.one(".verdict").textContent).not.toBe("");
    });
    return page.one(".verdict").textContent;
  };
  expect(await verdict()).toMatch(/^✓ SHA-256 of the 12 messages/);

  const dump = await store.dumpRuntime("sample");
  const text = new TextDecoder().decode(dump?.session_snapshot).replace("Roll 2d6", "Roll 3d6");
  const tampered = dump && { ...dump, session_snapshot: new TextEncoder().encode(text) };
  vi.spyOn(store, "dumpRuntime").mockResolvedValue(tampered);
  expect(await verdict()).toMatch(/^✗ SHA-256 of the 12 messages/);
});
