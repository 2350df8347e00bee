import type { ContentBlock } from "../src/records/index.ts";
import type { ToolResult } from "../src/session/index.ts";
import { chooseTool, type ToolName } from "./tools.ts";

/** What the agent does next in a turn: it thinks and calls tools, or it has its last word. */
export type ScriptedStep =
  | { readonly thought: string; readonly calls: readonly (readonly [tool: ToolName, argument: string])[] }
  | { readonly answer: string };

/** The results that the tools of a turn have given so far, step by step. */
export type Results = readonly (readonly ToolResult[])[];

/** The next step of the turn that a prompt asks for: the same for the same prompt and results, whichever page asks. */
export function nextStep(prompt: string | readonly ContentBlock[], results: Results): ScriptedStep {
  if (typeof prompt !== "string") return { answer: sightOf(prompt) };
  const city = /\bweekend in ([\p{L}][\p{L}' -]*)/iu.exec(prompt)?.[1];
  if (city !== undefined) return weekendIn(city.trim(), results);
  const [one, other] = [...prompt.matchAll(/(\d+) for (\d+(?:\.\d+)?)/g)].map(([, count = "", price = ""]) => ({
    count,
    price,
  }));
  return one && other ? comparison(one, other, results) : singleCall(prompt, results);
}

/** Four steps with tools, of which one fails, and an answer that needs them all. */
function weekendIn(city: string, results: Results): ScriptedStep {
  const [weather = "", trip = ""] = texts(results[0]);
  const [room = ""] = texts(results[2]);
  const [total = ""] = texts(results[3]);
  switch (results.length) {
    case 0:
      return {
        thought: `Two days in ${city}. The weather and the way there do not depend on each other: I ask for both at once.`,
        calls: [
          ["weather", city],
          ["find_trip", city],
        ],
      };
    case 1:
      return { thought: "There is a train. Now a room.", calls: [["find_room", `${city}, 2 nights, with breakfast`]] };
    case 2:
      return {
        thought: "None with breakfast. That can be had in a café: I ask again without it.",
        calls: [["find_room", `${city}, 2 nights`]],
      };
    case 3:
      return {
        thought: "The trip, and two nights.",
        calls: [["calculator", `${eurosIn(trip)} + 2 * ${eurosIn(room)}`]],
      };
    default:
      return {
        answer: [
          `Your weekend in ${city}, for € ${total} in all:`,
          `• The way: ${trip}.`,
          `• The room: ${room}, without breakfast.`,
          `• The weather: ${weather}. So Saturday is for walking, and Sunday for a museum.`,
        ].join("\n"),
      };
  }
}

interface Offer {
  readonly count: string;
  readonly price: string;
}

/** Two calls in one message, and an answer that holds one result against the other. */
function comparison(one: Offer, other: Offer, results: Results): ScriptedStep {
  const [left = "", right = ""] = texts(results[0]);
  if (results.length === 0) {
    return {
      thought: "What does one piece cost, in each offer?",
      calls: [one, other].map(({ count, price }) => ["calculator", `${price} / ${count}`]),
    };
  }
  if (results[0]?.some(({ is_error }) => is_error)) return { answer: `I could not compare them: ${left || right}.` };
  const [cheaper, dearer] = Number(left) <= Number(right) ? [one, other] : [other, one];
  const each = [left, right].map((price) => Number(price).toFixed(2));
  return {
    answer:
      Number(left) === Number(right)
        ? `It makes no difference: ${each[0]} apiece.`
        : `${cheaper.count} for ${cheaper.price} is the better offer, and not ${dearer.count} for ${dearer.price}: ${each.sort().join(" against ")} apiece.`,
  };
}

const SENTENCES: Readonly<Partial<Record<ToolName, (result: string, argument: string) => string>>> = {
  calculator: (result, argument) => `${argument} = ${result}.`,
  clock: (result) => `By this machine's clock it is ${result}.`,
  dice: (result, argument) => `I rolled ${argument}: ${result}.`,
  word_count: (result) =>
    `Your message has ${result} ${result === "1" ? "word" : "words"}. I can also plan a weekend, compare prices, do sums, roll dice and tell the time.`,
};

const THOUGHTS: Readonly<Partial<Record<ToolName, string>>> = {
  calculator: "That is a sum. I do not guess: I work it out.",
  clock: "I cannot know the time. The clock does.",
  dice: "Dice are to be rolled.",
  word_count: "No tool of mine fits this. I can count its words.",
};

/** One call of the tool that fits, and a sentence about its result. */
function singleCall(prompt: string, results: Results): ScriptedStep {
  const { name, argument } = chooseTool(prompt);
  const [result] = results[0] ?? [];
  if (!result) return { thought: THOUGHTS[name] ?? "", calls: [[name, argument]] };
  const [text = ""] = texts([result]);
  if (result.is_error) return { answer: `I could not do that: ${text}.` };
  return { answer: SENTENCES[name]?.(text, argument) ?? text };
}

/** What a program without eyes can say of pictures. */
function sightOf(blocks: readonly ContentBlock[]): string {
  const images = blocks.flatMap((block) => (block.type === "image" ? [block.media_type] : []));
  if (images.length === 0) return "I see no picture.";
  return `I have no eyes, but I can tell that you sent ${images.join(" and ")}. It is stored with the conversation, byte for byte.`;
}

const texts = (results: readonly ToolResult[] = []): string[] =>
  results.map(({ content }) => (typeof content === "string" ? content : ""));

const eurosIn = (text: string): string => /€ (\d+)/.exec(text)?.[1] ?? "0";
