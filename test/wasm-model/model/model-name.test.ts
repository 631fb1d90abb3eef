import { expect, it } from "vitest";
import { parseName } from "../../../training/cli/command-line.ts";
import { nameLike } from "../../../wasm-model/model/card.ts";

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
