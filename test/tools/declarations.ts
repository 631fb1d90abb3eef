/** The part of the widget's `embed.d.ts` that its attributes decide; the compiler compares the rest with the element's source. */
import { documentedAttributes } from "../../worker/element/attributes.ts";

/** The values of an attribute that takes one of several, as a union; of any other, text or a number. */
const typeOf = (takes: string): string =>
  /^one of (.*)/
    .exec(takes)?.[1]
    .split(", ")
    .map((value) => `"${value}"`)
    .join(" | ") ?? "string | number";

/** The text with its declarations of attributes made anew, between two comments. */
export function withDeclarations(text: string): string {
  const declarations = documentedAttributes().map(
    ({ name, isFlag, takes, doc }) => `  /** ${doc} Takes ${takes}. */\n  ${name}: ${isFlag ? "boolean" : typeOf(takes)};\n`,
  );
  return text.replace(/(?<= {2}\/\/ attributes: .*\n)[\s\S]*?(?= {2}\/\/ \/attributes\n)/, () => declarations.join(""));
}
