/** Names that visitors type, as seeds and as names of files. */
import { OPTION_VALUES } from "../../../wasm-model/request/options.ts";
import { VisitorError } from "./errors.ts";

/** The most names of a set. */
const MOST = 500;
/** The most bytes of a seed in UTF-8. */
const LONGEST_SEED = OPTION_VALUES.seed.domain.maxLength;

export interface Named {
  readonly name: string;
  /** The name of its file, which no other has, whatever a system thinks of small and large letters. */
  readonly file: string;
}

/** What is wrong with a seed, in a sentence for visitors. */
export function seedProblem(seed: string): string | undefined {
  if (seed === "") return "Type any text.";
  if (new TextEncoder().encode(seed).length > LONGEST_SEED) return `“${seed.slice(0, 40)}…” is longer than ${LONGEST_SEED} bytes.`;
}

/** The names of a text, one a line. Throws `VisitorError`. */
export function namesIn(text: string): Named[] {
  const names = text.split(/\r?\n/).flatMap((line) => (line.trim() === "" ? [] : [line.trim()]));
  if (names.length === 0) throw new VisitorError("Write a name first, one a line.");
  if (names.length > MOST) throw new VisitorError(`These are ${names.length} names. A set has at most ${MOST}.`);
  for (const problem of names.map(seedProblem)) if (problem) throw new VisitorError(problem);
  const taken = new Set<string>();
  return names.map((name) => {
    const stem = fileStem(name);
    let file = `${stem}.png`;
    for (let k = 2; taken.has(file.toLowerCase()); k++) file = `${stem}-${k}.png`;
    taken.add(file.toLowerCase());
    return { name, file };
  });
}

/** The most characters of a file's name without its ending. */
const LONGEST = 80;

/** A text as the name of a file on every system: without control characters, separators, and dots or spaces at its ends. */
export function fileStem(text: string): string {
  let stem = text
    .normalize("NFC")
    .replaceAll(/[\p{C}/\\:*?"<>|]+/gu, "-")
    .slice(0, LONGEST)
    .replace(/^[.\s]+/, "");
  while (/[.\s]$/.test(stem)) stem = stem.slice(0, -1);
  return stem === "" || /^(?:con|prn|aux|nul|com\d|lpt\d)$/i.test(stem) ? `image-${stem}` : stem;
}
