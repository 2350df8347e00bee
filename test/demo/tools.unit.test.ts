import { describe, expect, test } from "vitest";
import { chooseTool, tools } from "../../demo/tools.ts";

test.each([
  ["What is 12 * (7 + 3.5)?", { name: "calculator", argument: "12 * (7 + 3.5)" }],
  ["-3-4, please", { name: "calculator", argument: "-3-4" }],
  ["1 + 1. Or 20 + 22?", { name: "calculator", argument: "20 + 22" }],
  ["6 × 7", { name: "calculator", argument: "6 * 7" }],
  ["roll 3D6", { name: "dice", argument: "3d6" }],
  ["Roll a die", { name: "dice", argument: "1d6" }],
  ["What time is it?", { name: "clock", argument: "" }],
  ["I am 7 years old", { name: "word_count", argument: "I am 7 years old" }],
])("for %j the agent calls the tool that fits", (text, chosen) => {
  expect(chooseTool(text)).toEqual(chosen);
});

describe("the calculator", () => {
  test.each([
    ["1 + 2 * 3", "7"],
    ["(1 + 2) * 3", "9"],
    ["10 - 4 - 3", "3"],
    ["24 / 4 / 2", "3"],
    ["-(2 + 3) * -2", "10"],
    ["0.1 + 0.2", "0.3"],
  ])("works out %s", (expression, value) => {
    expect(tools.calculator(expression)).toBe(value);
  });

  test.each(["1 / 0", "(1 + 2", "1 +", ") 1", "1 2"])("refuses %s", (expression) => {
    expect(() => tools.calculator(expression)).toThrow();
  });
});

test("dice show as many numbers as there are dice, each from 1 to the number of sides", () => {
  const rolls = tools.dice("50d6").split(", ").map(Number);
  expect(rolls).toHaveLength(50);
  expect(rolls.filter((roll) => !(roll >= 1 && roll <= 6))).toEqual([]);
  expect(() => tools.dice("2d0")).toThrow();
});

test("words are counted as people count them", () => {
  expect(tools.word_count("It's a well-known fact, isn't it? 42!")).toBe("7");
  expect(tools.word_count("...")).toBe("0");
});
