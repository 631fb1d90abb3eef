/** Seeds with their classes, as lists of them are written, and names of files for their images, on every system. */

export interface NamedSeed {
  readonly seed: string;
  /** The name of the class; undefined if the model has one class, or the image has none. */
  readonly class?: string | undefined;
}

/** PNG files for images: `class/seed.png`, without a class `seed.png`. No two are the same, whatever a system thinks of small and large letters. */
export function imageFiles(images: readonly NamedSeed[]): string[] {
  const taken = new Set<string>();
  return images.map(({ seed, class: label }) => {
    const stem = (label === undefined ? "" : `${fileStem(label)}/`) + fileStem(seed);
    let file = `${stem}.png`;
    for (let k = 2; taken.has(file.toLowerCase()); k++) file = `${stem}-${k}.png`;
    taken.add(file.toLowerCase());
    return file;
  });
}

/** The names in a text, one a line. */
export const namesIn = (text: string): string[] => text.split(/\r?\n/).flatMap((line) => (line.trim() === "" ? [] : [line.trim()]));

const CSV_HEADER = "seed,class";
const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** A list as CSV (RFC 4180). */
export const csvOf = (images: readonly NamedSeed[]): string =>
  [CSV_HEADER, ...images.map(({ seed, class: label }) => `${quoted(seed)},${quoted(label ?? "")}`), ""].join("\n");

/** The seeds in a text: one a line, or CSV below the header `seed,class`. Seeds are of one line. */
export function seedsIn(text: string): NamedSeed[] {
  const [first, ...rows] = namesIn(text);
  if (first?.toLowerCase() !== CSV_HEADER) return namesIn(text).map((seed) => ({ seed }));
  return rows.map((row) => {
    const [seed, label] = Array.from(
      row.matchAll(/(?<=^|,)(?:"((?:[^"]|"")*)"|([^,]*))(?=,|$)/g),
      ([, whole, plain]) => whole?.replaceAll('""', '"') ?? plain,
    );
    return { seed, ...(label && { class: label }) };
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
