/** Seeds with their classes, as lists of them are written, and names of files for their images, on every system. */
import { clip } from "../schema/text.ts";

export interface NamedSeed {
  readonly seed: string;
  /** The name of the class; undefined if the model has one class, or the image has none. */
  readonly class?: string | undefined;
}

/** PNG files for images: `class/seed.png`, without a class `seed.png`. No two are the same, whatever a system thinks of small and large letters. */
export function imageFiles(images: readonly NamedSeed[]): string[] {
  const used = new Map<string, number>(); // how often, by a name in small letters
  return images.map(({ seed, class: label }) => {
    const stem = (label === undefined ? "" : `${fileStem(label)}/`) + fileStem(seed);
    const key = stem.toLowerCase();
    let k = (used.get(key) ?? 0) + 1;
    while (k > 1 && used.has(`${key}-${k}`)) k++;
    used.set(key, k);
    if (k === 1) return `${stem}.png`;
    used.set(`${key}-${k}`, 1);
    return `${stem}-${k}.png`;
  });
}

/** The names in a text, one a line. */
export const namesIn = (text: string): string[] => text.split(/\r\n?|\n/).flatMap((line) => (line.trim() === "" ? [] : [line.trim()]));

const CSV_HEADER = "seed,class";
const csvCell = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** A list as CSV (RFC 4180). */
export const csvOf = (images: readonly NamedSeed[]): string =>
  [CSV_HEADER, ...images.map(({ seed, class: label }) => `${csvCell(seed)},${csvCell(label ?? "")}`), ""].join("\n");

/**
 * The seeds in a text: one a line, or CSV below the header `seed,class`. Seeds are of one line. Throws an Error for a text that
 * was read in another encoding, and for a header in another form, which would be drawn as seeds.
 */
export function seedsIn(text: string): NamedSeed[] {
  if (text.includes("\0")) throw new Error("it has NUL bytes, so it is no text in UTF-8");
  const [first = "", ...rows] = namesIn(text);
  if (first.toLowerCase() !== CSV_HEADER) {
    const words = new Set(first.toLowerCase().match(/[\p{L}\p{N}]+/gu));
    if (words.size === 2 && words.has("seed") && words.has("class"))
      throw new Error(`Expected \`${CSV_HEADER}\` in the first line of a list in CSV but received \`${clip(first)}\``);
    return namesIn(text).map((seed) => ({ seed }));
  }
  return rows.map((row) => {
    const [seed, label] = Array.from(
      row.matchAll(/(?<=^|,)(?:"((?:[^"]|"")*)"|([^,]*))(?=,|$)/g),
      ([, whole, plain]) => whole?.replaceAll('""', '"') ?? plain,
    );
    return { seed, ...(label && { class: label }) };
  });
}

/** The most UTF-16 code units of a file's name without its ending: three bytes each, and systems take 255. */
const LONGEST = 80;

/** What Windows takes for a device, whatever follows its first dot. */
const DEVICE = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[\d\u00b9\u00b2\u00b3])[\s.]*(?:\.|$)/iu;

/** A text as the name of a file on every system: whole code points, without control characters, separators, and dots or spaces at its ends. */
export function fileStem(text: string): string {
  let stem = text
    .normalize("NFC")
    .replaceAll(/[\p{C}/\\:*?"<>|]+/gu, "-")
    .slice(0, LONGEST)
    .replace(/^[.\s]+|\p{Surrogate}$/gu, "");
  while (/[.\s]$/.test(stem)) stem = stem.slice(0, -1);
  return stem === "" || DEVICE.test(stem) ? `image-${stem}` : stem;
}
