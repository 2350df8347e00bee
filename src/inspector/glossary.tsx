import type { JSX } from "preact";

const WORDS: readonly (readonly [string, string])[] = [
  [
    "Runtime",
    "One agent: its conversation, its inputs and its receipts. Its state is what the agent stored of itself.",
  ],
  ["Input", "Something that the agent was given to do. Its track has each state that it went through, and when."],
  ["Run", "One turn of the agent, from an input to its end."],
  [
    "Boundary",
    "A point in a run at which everything is stored in one transaction, or nothing: its start, or a checkpoint.",
  ],
  [
    "Receipt",
    "What a boundary leaves: its run, its sequence in the run, how many messages there were, and their digest.",
  ],
  ["Digest", "The SHA-256 of the conversation: other messages have another one, so that the receipt proves them."],
  ["Minted", "Made by the store from the conversation itself. Other receipts were brought by the agent, on its word."],
  [
    "Revision",
    "Counts the boundaries of the runtime. It never goes back, neither when it is deleted nor when it is replaced.",
  ],
  ["Stamped", "The last boundary that the input took part in: by it one finds after a crash what was committed."],
  [
    "Operation of a receipt",
    "The name that its commit was given, so that it counts once however often it is repeated.",
  ],
  [
    "Operations",
    "What the agent has going in the background, as its registry was stored last; each registry is an epoch.",
  ],
];

/** What the words of the inspector mean. */
export function Glossary(): JSX.Element {
  return (
    <details class="glossary">
      <summary>What the words mean</summary>
      <dl class="facts">
        {WORDS.map(([word, meaning]) => (
          <div key={word}>
            <dt>{word}</dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
