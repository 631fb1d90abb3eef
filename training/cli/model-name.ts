/** Names of models, as flags and made from other names. */
import { isModelName, LONGEST_NAME, MODEL_NAME } from "../../wasm-model/model/card.ts";
import { UserError } from "./user-error.ts";

/** A parser of the flag `name`. */
export function parseName(text: string): string {
  if (!isModelName(text)) throw new UserError(`Expected ${MODEL_NAME} for \`name\` but received "${text}"`);
  return text;
}

/** The nearest such name of a data set: "My Pets!" -> "my-pets". */
export function nameLike(text: string): string {
  const plain = text.normalize("NFKD").toLowerCase().replace(/\p{M}/gu, "");
  const name = plain
    .replace(/[^a-z0-9._]+/g, "-")
    .replace(/^[^a-z0-9]+/, "")
    .slice(0, LONGEST_NAME)
    .replace(/-$/, "");
  return name === "" ? "model" : name;
}
