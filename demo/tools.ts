/** What the scripted agent can do; each tool takes the text that the agent found for it, and may fail with a message. */
export const tools = {
  calculator: calculate,
  clock: tellTime,
  dice: rollDice,
  word_count: countWords,
  weather: tellWeather,
  find_trip: findTrip,
  find_room: findRoom,
} as const;

export type ToolName = keyof typeof tools;

/** The tool that a message asks for, with its argument: the first that finds something to work on. */
export function chooseTool(text: string): { readonly name: ToolName; readonly argument: string } {
  const sum = findSum(text);
  if (sum !== undefined) return { name: "calculator", argument: sum };
  const dice = /\b\d{0,2}d\d{1,4}\b/i.exec(text)?.[0] ?? (/\b(?:dice|die|roll)\b/i.test(text) ? "1d6" : undefined);
  if (dice !== undefined) return { name: "dice", argument: dice.toLowerCase() };
  if (/\b(?:time|clock|date|day|today|now)\b/i.test(text)) return { name: "clock", argument: "" };
  return { name: "word_count", argument: text };
}

/** The longest stretch of a message that looks like arithmetic: digits on both sides of an operator. */
function findSum(text: string): string | undefined {
  const stretches =
    text
      .replaceAll("×", "*")
      .replaceAll("÷", "/")
      .match(/[-+(]*\d[-+*/().\d\s]*/g) ?? [];
  return stretches
    .map((stretch) => stretch.replace(/[\s.]+$/, ""))
    .filter((stretch) => /\d\)*\s*[-+*/]\s*[-+(]*\d/.test(stretch))
    .sort((a, b) => b.length - a.length)[0];
}

/** Works out sums, differences, products and quotients with brackets and signs, from left to right by the usual ranks. */
function calculate(expression: string): string {
  const tokens = expression.match(/\d+(?:\.\d+)?|[-+*/()]/g) ?? [];
  let next = 0;

  const sum = (): number => {
    let value = product();
    while (tokens[next] === "+" || tokens[next] === "-") value += tokens[next++] === "+" ? product() : -product();
    return value;
  };
  const product = (): number => {
    let value = signed();
    while (tokens[next] === "*" || tokens[next] === "/")
      value = tokens[next++] === "*" ? value * signed() : value / divisor();
    return value;
  };
  const divisor = (): number => {
    const value = signed();
    if (value === 0) throw new Error("division by zero");
    return value;
  };
  const signed = (): number => {
    const token = tokens[next++];
    if (token === "-") return -signed();
    if (token === "+") return signed();
    if (token !== "(") return token !== undefined && /^\d/.test(token) ? Number(token) : malformed();
    const value = sum();
    return tokens[next++] === ")" ? value : malformed();
  };
  const malformed = (): never => {
    throw new Error(`"${expression}" is not a sum`);
  };

  const value = sum();
  return next === tokens.length ? String(Number(value.toPrecision(12))) : malformed();
}

function tellTime(): string {
  return new Date().toLocaleString(undefined, { dateStyle: "full", timeStyle: "medium" });
}

function rollDice(dice: string): string {
  const [count, sides] = dice.split("d").map(Number);
  if (!sides) throw new Error(`"${dice}" has no sides`);
  const random = crypto.getRandomValues(new Uint32Array(Math.max(1, count ?? 1)));
  return Array.from(random, (value) => String(1 + (value % sides))).join(", ");
}

function countWords(text: string): string {
  return String(text.match(/[\p{L}\p{N}][\p{L}\p{N}'’-]*/gu)?.length ?? 0);
}

// A timetable, a weather report and hotels that nobody ever saw: the same for the same city, so that a turn can be run again.

function tellWeather(city: string): string {
  const warm = 14 + numberOf(city, 12);
  return `Saturday ${warm} °C and sunny, Sunday ${warm - 3} °C with a shower`;
}

function findTrip(city: string): string {
  return `€ ${48 + numberOf(city, 60)} there and back, leaving on Friday at 18:05`;
}

function findRoom(wish: string): string {
  if (wish.includes("breakfast")) throw new Error("no room with breakfast is left that weekend");
  const [city = ""] = wish.split(",");
  return `€ ${52 + numberOf(city, 40)} a night in a guest house by the old town`;
}

/** A whole number below a limit that belongs to a text. */
function numberOf(text: string, limit: number): number {
  return (
    Array.from(text, (letter) => letter.codePointAt(0) ?? 0).reduce((sum, code) => (sum * 31 + code) % 9973, 7) % limit
  );
}
