import { expect, it } from "vitest";
import { SAMPLING_FLAGS } from "../../../training/cli/sampling-flags.ts";
import { UserError } from "../../../training/cli/user-error.ts";

const parse = (name: string, text: string) => SAMPLING_FLAGS.find(({ flag }) => flag === name)?.parse(text);

it("a flag for a sampling setting takes a number, or the two numbers of a ramp", () => {
  expect([parse("steps", "8"), parse("churn", "0.5"), parse("churn", "0.9:0.6")]).toEqual([8, 0.5, [0.9, 0.6]]);
});

it.each([
  ["steps", "0", 'Expected a whole number from 1 to 1000 for `steps` but received "0"'],
  ["churn", "much", 'Expected a number from 0 to 1 for `churn` but received "much"'],
  ["churn", "", 'Expected a number from 0 to 1 for `churn` but received ""'],
  ["churn", "0.5:0.6:0.7", 'Expected a number, or two numbers with a colon between them, for `churn` but received "0.5:0.6:0.7"'],
  ["extrapolation", "11", 'Expected a number from 0 to 10 for `extrapolation` but received "11"'],
])("--%s %j is refused", (name, text, message) => {
  expect(() => parse(name, text)).toThrow(new UserError(message));
});
