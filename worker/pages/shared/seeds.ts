/** Names that visitors type, as seeds and as names of files. */
import { imageFiles, namesIn } from "../../../wasm-model/request/file-names.ts";
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

/** Mia, Mia 2, Mia 3: another image, by a name that keeps the first. */
export function nextName(name: string): string {
  const [, first, count = "1"] = /^(.*?)(?: (\d{1,6}))?$/s.exec(name)!;
  return `${first} ${Number(count) + 1}`;
}

/** A field for a seed. */
export const seedField = (label: string, byDefault: string) =>
  ({ kind: "text", label, default: byDefault, problem: seedProblem, maxLength: LONGEST_SEED }) as const;

/** The names of a set, one a line, each with its file. Throws `VisitorError`. */
export function setOf(text: string): { readonly name: string; readonly file: string }[] {
  const names = namesIn(text);
  if (names.length === 0) throw new VisitorError("Write a name first, one a line.");
  if (names.length > MOST) throw new VisitorError(`These are ${names.length} names. A set has at most ${MOST}.`);
  for (const problem of names.map(seedProblem)) if (problem) throw new VisitorError(problem);
  const files = imageFiles(names.map((seed) => ({ seed })));
  return names.map((name, i) => ({ name, file: files[i] }));
}
