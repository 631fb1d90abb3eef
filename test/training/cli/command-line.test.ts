/** What a mistaken command line is answered. */
import { Option } from "commander";
import { afterEach, describe, expect, it, vi } from "vitest";
import { newCommand, numberIn, runCommandLine } from "../../../training/cli/command-line.ts";

afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = 0;
});

const parse = (...args: string[]) =>
  newCommand("test")
    .argument("<source>", "where from")
    .requiredOption("--out <file.png>", "where to")
    .option("--images <n>", "how many", numberIn("images", 1, 9))
    .option("-s, --seed <text>", "any text")
    .option("--resume", "go on")
    .addOption(new Option("--preset <name>", "size").choices(["s32", "m32"]))
    .parse(["node", "test", ...args])
    .opts();

describe("newCommand", () => {
  it("parses flags given once", () => {
    expect(parse("x", "--out", "o", "--images", "3", "--seed", "", "--resume")).toEqual({ out: "o", images: 3, seed: "", resume: true });
  });

  it.each([
    ["no required flag", ["x"], "Expected <file.png> for `out` but received nothing"],
    ["a flag without its value", ["x", "--out"], "Expected <file.png> for `out` but received nothing"],
    ["a short flag without its value", ["x", "--out", "o", "-s"], "Expected <text> for `seed` but received nothing"],
    ["no argument", ["--out", "o"], "Expected an argument for `source` but received nothing"],
    ["too many arguments", ["x", "y", "--out", "o"], 'Expected 1 argument but received "x, y"'],
    ["an unknown flag", ["x", "--out", "o", "--epochs", "3"], "unknown option '--epochs'"],
    ["a misspelt flag", ["x", "--out", "o", "--image"], "unknown option '--image' (Did you mean --images?)"],
    ["another choice", ["x", "--out", "o", "--preset", "xl"], 'Expected one of s32, m32 for `preset` but received "xl"'],
    ["no number", ["x", "--out", "o", "--images", ""], 'Expected a whole number from 1 to 9 for `images` but received ""'],
    ["a flag given twice", ["x", "--out", "o", "--seed", "a", "-s", "a"], "Expected `seed` at most once but received it again"],
    ["a switch given twice", ["x", "--out", "o", "--resume", "--resume"], "Expected `resume` at most once but received it again"],
  ])("answers %s with one line and exit code 2", async (_, args, message) => {
    const print = vi.spyOn(console, "error").mockImplementation(() => {});
    await runCommandLine(async () => void parse(...args));
    expect(print.mock.calls).toEqual([[message]]);
    expect(process.exitCode).toBe(2);
  });
});
