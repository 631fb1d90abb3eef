/** What a mistaken command line is answered. */
import { afterEach, describe, expect, it, vi } from "vitest";
import { newCommand, numberIn, parseName, runCommandLine, typedCommand } from "../../../training/cli/command-line.ts";
import { nameLike } from "../../../wasm-model/model/card.ts";

afterEach(() => {
  process.exitCode = 0;
});

const parse = (...args: string[]) =>
  newCommand("test")
    .argument("<source>", "where from")
    .requiredOption("--out <file.png>", "where to")
    .option("--images <n>", "how many", numberIn("images", 1, 9))
    .option("-s, --seed <text>", "any text")
    .option("--resume", "go on")
    .parse(["node", "test", ...args])
    .opts();

it("a command is recorded as it was typed, without the places of this machine", () => {
  const words = [
    "/home/ann/her pictures",
    "--data",
    "/home/ann/pets",
    "--init=../other/model.onnx",
    "--out",
    "runs/pets",
    "~/a.json",
    "..name",
  ];
  expect(typedCommand("train", words)).toBe("npx anneal train 'her pictures' --data pets --init=model.onnx --out runs/pets a.json ..name");
});

describe("newCommand", () => {
  it("parses flags", () => {
    expect(parse("x", "--out", "o", "--images", "3", "--seed", "", "--resume")).toEqual({ out: "o", images: 3, seed: "", resume: true });
  });

  it.each([
    ["a misspelt flag", ["x", "--out", "o", "--image"], "unknown option '--image' (Did you mean --images?)"],
    ["no number", ["x", "--out", "o", "--images", ""], 'Expected a whole number from 1 to 9 for `images` but received ""'],
  ])("answers %s with one line and exit code 2", async (_, args, message) => {
    const print = vi.spyOn(console, "error").mockImplementation(() => {});
    await runCommandLine(async () => void parse(...args));
    expect(print.mock.calls).toEqual([[message]]);
    expect(process.exitCode).toBe(2);
  });
});

it.each([
  ["My Pets!", "my-pets"],
  ["cifar10-jpeg", "cifar10-jpeg"],
  ["Überraschung", "uberraschung"],
  ["Größe Ærø", "grosse-aero"],
  ["..", "model"],
  ["日本", "model"],
  ["a".repeat(99), "a".repeat(64)],
])("the name made of %s is %s, itself a valid name", (text, name) => {
  expect(nameLike(text)).toBe(name);
  expect(parseName(name)).toBe(name);
});

it.each(["", "Pets", "a/b", ".a", "a b", "é", "a".repeat(65), "a?"])("%j is no name", (text) => {
  expect(() => parseName(text)).toThrow(`but received "${text}"`);
});
