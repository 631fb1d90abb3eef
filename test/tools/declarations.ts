/** The parts of the widget's `embed.d.ts` that its attributes decide; the compiler compares the rest with the element's source. */
import { ATTRIBUTES } from "../../worker/element/attribute-table.ts";

/** The values of an attribute that takes one of several, as a union; undefined for any other. */
const unionOf = (takes: string): string | undefined =>
  /^one of (.*)/
    .exec(takes)?.[1]
    .split(", ")
    .map((value) => `"${value}"`)
    .join(" | ");

/** By name, each between comments with it. */
const PARTS: Readonly<Record<string, readonly string[]>> = {
  properties: ATTRIBUTES.map(
    ({ name, isFlag, takes, doc }) =>
      `  /** ${doc} Takes ${takes}. */\n  ${name}: ${isFlag ? "boolean" : (unionOf(takes)?.concat(' | ""') ?? "string")};`,
  ),
  attributes: ATTRIBUTES.map(
    ({ name, isFlag, takes, doc }) =>
      `  /** ${doc} Takes ${takes}. */\n  readonly ${name}?: ${isFlag ? "boolean" : (unionOf(takes) ?? "string | number")} | undefined;`,
  ),
};

export const withDeclarations = (text: string): string =>
  text.replaceAll(
    /( {2}\/\/ (\w+): npm run tool -- documents\n)[\s\S]*?(\n {2}\/\/ \/\2\n)/g,
    (_, begin, name, end) => begin + PARTS[name].join("\n") + end,
  );
