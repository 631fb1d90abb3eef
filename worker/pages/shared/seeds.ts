/** Names that visitors type, as seeds and as names of files. */
import { fileNames, namesIn } from "../../../wasm-model/request/file-names.ts";
import { OPTION_VALUES } from "../../../wasm-model/request/options.ts";
import { VisitorError } from "./errors.ts";

/** The most names of a set. */
const MOST = 500;
/** The most bytes of a seed in UTF-8. */
const LONGEST_SEED = OPTION_VALUES.seed.domain.maxLength;

/** What is wrong with a seed, in a sentence for visitors. */
export function seedProblem(seed: string): string | undefined {
  if (seed.trim() === "") return "Type any text.";
  if (new TextEncoder().encode(seed).length > LONGEST_SEED) return `“${seed.slice(0, 40)}…” is longer than ${LONGEST_SEED} bytes.`;
}

/** The names of a set, one a line, each with its file. Throws `VisitorError`. */
export function setOf(text: string): { readonly name: string; readonly file: string }[] {
  const names = namesIn(text);
  if (names.length === 0) throw new VisitorError("Write a name first, one a line.");
  if (names.length > MOST) throw new VisitorError(`These are ${names.length} names. A set has at most ${MOST}.`);
  for (const problem of names.map(seedProblem)) if (problem) throw new VisitorError(problem);
  const files = fileNames(names);
  return names.map((name, i) => ({ name, file: files[i] }));
}
