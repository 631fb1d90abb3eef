/** Names of models, made of others. */
import { LONGEST_NAME } from "../../wasm-model/model/card.ts";

/** Turns any text into a name that a data set may have: "My Pets!" -> "my-pets". */
export function nameLike(text: string): string {
  const plain = text.normalize("NFKD").toLowerCase().replace(/\p{M}/gu, "");
  const name = plain
    .replace(/[^a-z0-9._]+/g, "-")
    .replace(/^[^a-z0-9]+/, "")
    .slice(0, LONGEST_NAME)
    .replace(/-$/, "");
  return name === "" ? "model" : name;
}
