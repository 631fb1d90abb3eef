/** Names of models: they become folders, files' metadata and segments of URLs. */
import { UserError } from "./user-error.ts";

const LONGEST = 64;

/** A parser of the flag `name`. */
export function parseName(text: string): string {
  if (text.length > LONGEST || !/^[a-z0-9][a-z0-9._-]*$/.test(text)) {
    throw new UserError(
      `Expected at most ${LONGEST} small letters, digits and . _ - behind a letter or digit, as a part of a URL, for \`name\` but received "${text}"`,
    );
  }
  return text;
}

/** The nearest such name of a data set: "My Pets!" -> "my-pets". */
export function nameLike(text: string): string {
  const plain = text.normalize("NFKD").toLowerCase().replace(/\p{M}/gu, "");
  const name = plain
    .replace(/[^a-z0-9._]+/g, "-")
    .replace(/^[^a-z0-9]+/, "")
    .slice(0, LONGEST)
    .replace(/-+$/, "");
  return name === "" ? "model" : name;
}
