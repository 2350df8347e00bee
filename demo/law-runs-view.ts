import { element } from "./elements.ts";
import type { LawResult } from "./law-runs.ts";

/** The laws that one kind of store was put to, with a bar of how far it is and a row for each. */
export class LawRunView {
  readonly element: HTMLElement;
  readonly #rows = element("tbody");
  readonly #progress: HTMLProgressElement;
  readonly #counts = element("p", { class: "facts" });
  readonly #results: LawResult[] = [];

  constructor(title: string, total: number) {
    this.#progress = element("progress", { max: total, value: 0, "aria-label": title });
    const headings = ["Outcome", "Law", "Time"].map((heading) =>
      element("th", { scope: "col" }, element("span", {}, heading)),
    );
    this.element = element(
      "section",
      { class: "pane law-run" },
      element("h2", {}, title),
      this.#progress,
      this.#counts,
      element(
        "div",
        { class: "law-rows", role: "region", tabindex: 0, "aria-label": `${title}: law by law` },
        element("table", {}, element("thead", {}, element("tr", {}, ...headings)), this.#rows),
      ),
    );
  }

  add(result: LawResult): void {
    this.#results.push(result);
    this.#progress.value = this.#results.length;
    this.#counts.textContent = `${countsOf(this.#results)} · ${formatDuration(this.#results)}`;
    this.#rows.append(row(result));
  }
}

/** How many laws came out which way, in words. */
export function countsOf(results: readonly LawResult[]): string {
  const count = (outcome: LawResult["outcome"]): number =>
    results.filter((result) => result.outcome === outcome).length;
  const idle = count("does not apply");
  const counts = `${count("passed")} passed, ${count("failed")} failed`;
  return idle === 0 ? counts : `${counts}, ${idle} not applicable`;
}

function row({ law, outcome, milliseconds, reason }: LawResult): HTMLElement {
  const mark = { passed: "✓", failed: "✗", "does not apply": "–" }[outcome];
  return element(
    "tr",
    { class: outcome.replaceAll(" ", "-") },
    element("td", { class: "outcome" }, mark, " ", element("span", { class: "word" }, outcome)),
    element("td", {}, law.name, reason === undefined ? undefined : element("code", { class: "reason" }, reason)),
    element("td", { class: "duration" }, outcome === "does not apply" ? "" : `${milliseconds.toFixed(1)} ms`),
  );
}

function formatDuration(results: readonly LawResult[]): string {
  const milliseconds = results.reduce((sum, result) => sum + result.milliseconds, 0);
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
