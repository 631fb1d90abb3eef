/** Names of a set and of its files. */
import { expect, it } from "vitest";
import { setOf } from "../../worker/pages/shared/seeds.ts";

const filesOf = (...lines: string[]): string[] => setOf(lines.join("\n")).map(({ file }) => file);

it("has a file for each name, none of which replaces another or leaves its folder", () => {
  expect(filesOf("Ada", "ada", "", "  Ada ", "Ada-2")).toEqual(["Ada.png", "ada-2.png", "Ada-3.png", "Ada-2-2.png"]);
});

it("keeps the names as they are, for they are the seeds", () => {
  expect(setOf("  Ada/Lovelace \r\nbob")).toEqual([
    { name: "Ada/Lovelace", file: "Ada-Lovelace.png" },
    { name: "bob", file: "bob.png" },
  ]);
});

it.each([
  ["", "Write a name first, one a line."],
  ["x\n".repeat(501), "These are 501 names. A set has at most 500."],
  ["x".repeat(257), /^“x{40}…” is longer than 256 bytes\.$/],
])("says in a sentence what it cannot draw", (text, sentence) => expect(() => setOf(text)).toThrow(sentence));
