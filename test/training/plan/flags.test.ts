/**
 * The table of a run's flags: flag, check, place in config.json, and what a run keeps come from one row.
 */
import * as v from "valibot";
import { expect, it } from "vitest";
import { newCommand } from "../../../training/cli/command-line.ts";
import { entriesOf, expectNoneGiven, type RunFlags, withRunFlags } from "../../../training/plan/flags.ts";
import { choice, integer, number, text } from "../../../wasm-model/schema/fields.ts";

const FLAGS = {
  stepSize: { schema: number(0, 1), value: "x", doc: "how far", elsewhere: true },
  count: { schema: integer(1, 9), value: "n", doc: "how many" },
  kind: { schema: v.optional(choice(["a", "b"])), doc: "which" },
  twice: { schema: v.optional(v.boolean()), doc: "whether twice" },
  from: { schema: v.optional(text()), value: "file", doc: "where from" },
} as const satisfies RunFlags;

const parse = (...words: string[]) => withRunFlags(newCommand("x"), FLAGS).parse(words, { from: "user" }).opts();

it("is a command line, each value checked", () => {
  const given = parse("--step-size", "0.5", "--count", "3", "--kind", "b", "--twice", "--from", "p");
  expect(given).toEqual({ stepSize: 0.5, count: 3, kind: "b", twice: true, from: "p" });
  expect(() => parse("--step-size", "2")).toThrow('Expected a number from 0 to 1 for `step-size` but received "2"');
  expect(() => parse("--count", "1.5")).toThrow('Expected a whole number from 1 to 9 for `count` but received "1.5"');
  expect(() => parse("--kind", "c")).toThrow("option '--kind <name>' argument 'c' is invalid. Allowed choices are a, b.");
});

it("has the fields of config.json", () => {
  expect(Object.keys(entriesOf(FLAGS))).toEqual(["count", "kind", "twice", "from"]);
});

it("is what a resumed run keeps", () => {
  expect(() => expectNoneGiven(FLAGS, { resume: true, out: "r" })).not.toThrow();
  expect(() => expectNoneGiven(FLAGS, { stepSize: 0.5, twice: true }, ["size"])).toThrow(
    "--size, --step-size, --twice cannot be changed by --resume: the run keeps its own",
  );
});
