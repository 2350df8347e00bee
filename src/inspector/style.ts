/** The inspector's own style; the colours follow the scheme of the page that it is in. */
export const STYLE = /* css */ `
/* Above whatever the page says of its own elements; the width where nothing gives one is that of a page. */
:host {
  all: initial !important;
  display: block !important;
  inline-size: 100% !important;
  container: inspector / inline-size !important;
  contain-intrinsic-inline-size: min(60rem, 100vw) !important;
  color-scheme: inherit !important;
  visibility: inherit !important;
  --ground: light-dark(#f7f4ef, #171412);
  --surface: light-dark(#fffdfa, #211d19);
  --sunken: light-dark(#f1ece4, #2a2520);
  --ink: light-dark(#2a241d, #efe8df);
  --ink-soft: light-dark(#645a4e, #b3a798);
  --line: light-dark(#dcd3c6, #3d362e);
  --accent: light-dark(#8a4a1f, #e3a273);
  --accent-ink: light-dark(#ffffff, #24150a);
  --accent-wash: light-dark(#f4e4d6, #46301f);
  --good: light-dark(#28663a, #86cf9a);
  --good-wash: light-dark(#e2f1e4, #1f3a27);
  --bad: light-dark(#a3261d, #ff9d92);
  --bad-wash: light-dark(#fbe7e3, #45211d);
  --mono: ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
  --radius: 0.625rem;
}

*, ::before, ::after { box-sizing: border-box; }
[hidden] { display: none; }

.inspector {
  color: var(--ink);
  font: 1rem/1.45 system-ui, sans-serif;
  text-align: start;
}
.is-over { outline: 3px dashed var(--accent); outline-offset: 4px; }
.is-over .bar::after { content: "Drop an archive to see what is in it"; color: var(--accent); font-weight: 600; }
h2:focus, .detail:focus { outline: none; }

h2, h3, p, ul, ol, dl, dd, figure, fieldset { margin: 0; padding: 0; }
h2 { font-size: 1.05rem; overflow-wrap: anywhere; }
h3 { margin-block: 1rem 0.5rem; font-size: 0.85rem; }
code { font-family: var(--mono); font-size: 0.85em; overflow-wrap: anywhere; unicode-bidi: isolate; }
time { white-space: nowrap; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }

button, .button {
  display: inline-block;
  padding: 0.35rem 0.75rem;
  border: 1px solid var(--line);
  border-radius: 0.5rem;
  background: var(--surface);
  color: inherit;
  font: inherit;
  text-decoration: none;
  cursor: pointer;
}
button:hover { border-color: var(--accent); }
button:disabled { opacity: 0.55; cursor: default; }
.primary { border-color: var(--accent); background: var(--accent); color: var(--accent-ink); font-weight: 600; }
.danger { border-color: var(--bad); color: var(--bad); }
.quiet { padding: 0.15rem 0.55rem; background: none; color: var(--ink-soft); font-size: 0.85rem; }

.bar { margin-bottom: 0.75rem; }
.bar button, .actions button { font-size: 0.9rem; }
.line { display: flex; flex-wrap: wrap; gap: 0.3rem 0.6rem; align-items: baseline; }
.soft, .remark, time { color: var(--ink-soft); font-size: 0.85rem; }
.remark { font-style: italic; }
.text { overflow-wrap: anywhere; white-space: pre-wrap; unicode-bidi: isolate; }

.panes, .runtime { display: grid; grid-template-columns: minmax(0, 1fr); gap: 0.75rem; align-items: start; }
@container inspector (min-width: 46rem) {
  .runtime { grid-template-columns: minmax(0, 5fr) minmax(0, 6fr); }
  .runtime > .pane { min-height: 40rem; }
}
@container inspector (min-width: 72rem) {
  .panes { grid-template-columns: 15rem minmax(0, 1fr); }
}
.pane {
  container-type: inline-size;
  min-width: 0;
  padding: 0.9rem;
  border: 1px solid var(--line);
  border-radius: var(--radius);
  background: var(--surface);
}
.pane-head { display: flex; gap: 0.75rem; align-items: center; justify-content: space-between; min-height: 2rem; margin-bottom: 0.5rem; }
.pane-head button { flex: none; }
.actions { margin-block: 0.75rem; }

.windowed { position: relative; max-height: 33rem; margin-inline: -0.4rem; padding-inline: 0.4rem; overflow-y: auto; overscroll-behavior: contain; }
.runtimes .windowed { max-height: 12rem; }
@container inspector (min-width: 72rem) {
  .runtimes .windowed { max-height: 40rem; }
}
.windowed { --row: 4rem; }
.runtime-rows, .receipt-rows { --row: 5.25rem; }
.windowed ol { position: relative; list-style: none; }
.windowed li { position: absolute; inset-inline: 0; height: var(--row); padding-block: 2px; }
.row {
  display: block;
  width: 100%;
  height: 100%;
  overflow: hidden;
  padding: 0.3rem 0.6rem;
  border-color: transparent;
  background: none;
  text-align: start;
}
.row .line { flex-wrap: nowrap; justify-content: space-between; overflow: hidden; white-space: nowrap; }
.row .line.soft { display: block; text-overflow: ellipsis; }
.row .run { margin-inline-start: 0.6rem; }
.row strong { overflow: hidden; text-overflow: ellipsis; font-weight: 600; unicode-bidi: isolate; }
.row[aria-current] { border-color: var(--accent); background: var(--accent-wash); }

.receipt { display: grid; position: relative; grid-template-columns: 1rem minmax(0, 1fr) auto; gap: 0.25rem; align-items: center; height: 100%; }
.receipt::before { content: ""; align-self: stretch; width: 2px; margin: -2px auto; background: var(--accent); }
.receipt.last::before { margin-top: 2.1rem; }
.receipt.first::before { margin-bottom: 2.1rem; }
.receipt::after { content: ""; position: absolute; inset-inline-start: 0.15rem; top: calc(50% - 0.35rem); width: 0.7rem; height: 0.7rem; border: 2px solid var(--accent); border-radius: 50%; background: var(--surface); }
.receipt.first::after { background: var(--accent); }
.kind { padding-inline: 0.4rem; border-radius: 1rem; background: var(--sunken); font-size: 0.8rem; }
.kind.run_checkpoint { background: var(--accent-wash); }
.digest { display: inline-flex; gap: 0.25rem; align-items: center; max-width: 100%; }
.copying { position: relative; flex: none; }
.copy { padding: 0.3rem; border-color: transparent; background: none; color: var(--ink-soft); line-height: 0; }
.copy svg { width: 1rem; height: 1rem; fill: none; stroke: currentColor; stroke-width: 1.3; }
.said:not(:empty) { position: absolute; z-index: 1; inset-inline-end: 0; bottom: 100%; padding: 0.1rem 0.5rem; border-radius: 0.4rem; background: var(--ink); color: var(--surface); font-size: 0.75rem; line-height: 1.5; white-space: nowrap; }
@container (max-width: 26rem) {
  .receipt-rows { --row: 7.25rem; }
  .receipt { grid-template: minmax(0, 1fr) auto / 1rem minmax(0, 1fr); gap: 0 0.25rem; }
  .receipt::before { grid-row: 1 / 3; }
  .receipt > .digest { grid-column: 2; padding-inline-start: 0.6rem; }
}
@container (max-width: 13rem) {
  .windowed { --row: 6.5rem; }
  .receipt-rows { --row: 11.5rem; }
  .row .line, .row .line.soft { flex-wrap: wrap; white-space: normal; }
  .row .line.soft { overflow-wrap: anywhere; }
}

.plot { margin-bottom: 0.6rem; }
.plot svg { display: block; width: 100%; height: 3.5rem; }
.plot polygon { fill: var(--accent-wash); }
.plot polyline { fill: none; stroke: var(--accent); stroke-width: 2; vector-effect: non-scaling-stroke; }
.plot figcaption { color: var(--ink-soft); font-size: 0.8rem; }

.facts { display: grid; gap: 0.3rem; margin-block: 0.5rem; }
.facts > div { display: grid; grid-template-columns: 8rem minmax(0, 1fr); gap: 0.5rem; }
.facts dt { color: var(--ink-soft); font-size: 0.85rem; }
.facts dd { overflow-wrap: anywhere; }
@container (max-width: 20rem) {
  .facts > div { grid-template-columns: minmax(0, 1fr); gap: 0; }
}

.glossary { container-type: inline-size; margin-top: 0.75rem; font-size: 0.9rem; }
summary { cursor: pointer; }

.badge { display: inline-block; padding: 0.05rem 0.5rem; border-radius: 1rem; background: var(--sunken); font-size: 0.8rem; }
.badge.good { background: var(--good-wash); color: var(--good); }
.badge.bad { background: var(--bad-wash); color: var(--bad); }
.badge.busy { background: var(--accent-wash); }

.card { margin-block: 0.6rem; padding: 0.7rem; border: 1px solid var(--line); border-radius: var(--radius); background: var(--ground); }
.plain { list-style: none; }
.track { margin-block: 0.6rem; list-style: none; }
.track li { position: relative; display: flex; flex-wrap: wrap; gap: 0 0.6rem; align-items: baseline; padding-block: 0.15rem; padding-inline-start: 1.2rem; font-size: 0.85rem; }
.track li::before { content: ""; position: absolute; z-index: 1; inset-inline-start: 0; top: 0.55em; width: 0.7em; height: 0.7em; border: 2px solid var(--accent); border-radius: 50%; background: var(--ground); }
.track li:not(:last-child)::after { content: ""; position: absolute; inset-inline-start: calc(0.35em - 1px); top: 0.9em; bottom: -0.9em; border-inline-start: 2px solid var(--line); }
.track li.good::before { border-color: var(--good); background: var(--good); }
.track li.bad::before { border-color: var(--bad); background: var(--bad); }
.track span { min-width: 0; overflow-wrap: anywhere; }

[role="tablist"] { display: flex; flex-wrap: wrap; gap: 0.25rem; margin-bottom: 0.75rem; border-bottom: 1px solid var(--line); }
[role="tab"] { border-color: transparent; border-radius: 0.5rem 0.5rem 0 0; background: none; color: var(--ink-soft); }
[role="tab"][aria-selected="true"] { border-bottom: 3px solid var(--accent); color: var(--ink); font-weight: 600; }

.transcript { display: grid; gap: 0.5rem; margin-block: 0.5rem; list-style: none; }
.message { min-width: 0; padding: 0.5rem 0.7rem; border-inline-start: 3px solid var(--line); border-radius: 0.4rem; background: var(--ground); }
.message.user { border-color: var(--accent); background: var(--accent-wash); }
.message.block_assistant, .message.assistant { border-color: var(--good); }
.role { color: var(--ink-soft); font-size: 0.8rem; font-weight: 600; }
.number { font-weight: 400; }
.tool-call .text, .tool-result .text { font-family: var(--mono); font-size: 0.85rem; }
.tool-result.failed { color: var(--bad); }
.call-id { color: var(--ink-soft); font-family: var(--mono); font-size: 0.75rem; overflow-wrap: anywhere; }
.reasoning { color: var(--ink-soft); font-style: italic; }
.placeholder { padding: 0.4rem 0.6rem; border: 1px dashed var(--line); border-radius: 0.4rem; color: var(--ink-soft); }

.failure { margin-block: 0.6rem; padding: 0.7rem 0.9rem; border: 1px solid var(--bad); border-radius: var(--radius); background: var(--bad-wash); overflow-wrap: anywhere; }
.failure strong { color: var(--bad); font-family: var(--mono); }

dialog {
  container-type: inline-size;
  width: min(46rem, calc(100vw - 1.5rem));
  max-height: calc(100vh - 3rem);
  padding: 1rem;
  overflow-y: auto;
  border: 1px solid var(--line);
  border-radius: var(--radius);
  background: var(--surface);
  color: var(--ink);
}
dialog > p, dialog > [role="status"]:not(:empty) { margin-block: 0.6rem; }
dialog::backdrop { background: rgb(0 0 0 / 45%); }
.choices { display: grid; gap: 0.75rem; justify-items: start; margin-top: 0.75rem; }
.choices label { display: flex; flex-wrap: wrap; gap: 0.5rem; align-items: baseline; }
.choices label:has([type="radio"], [type="checkbox"]) { flex-wrap: nowrap; }
.choices input:not([type]) { padding: 0.35rem 0.5rem; border: 1px solid var(--ink-soft); border-radius: 0.4rem; background: var(--ground); color: inherit; font: inherit; }
fieldset { padding: 0.6rem; border: 1px solid var(--line); border-radius: var(--radius); }
progress { accent-color: var(--accent); }
.scroll-x { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-size: 0.9rem; }
th, td { padding: 0.3rem 0.6rem 0.3rem 0; border-bottom: 1px solid var(--line); text-align: start; font-weight: 400; white-space: nowrap; }
thead th { color: var(--ink-soft); font-size: 0.8rem; }

@media (prefers-reduced-motion: no-preference) {
  .row, button { transition: border-color 120ms, background-color 120ms; }
}
`;
