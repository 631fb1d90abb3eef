/** Names of files for images that are drawn by names, on every system. */

/** PNG files for these names: no two are the same, whatever a system thinks of small and large letters. */
export function fileNames(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    const stem = fileStem(name);
    let file = `${stem}.png`;
    for (let k = 2; taken.has(file.toLowerCase()); k++) file = `${stem}-${k}.png`;
    taken.add(file.toLowerCase());
    return file;
  });
}

/** The names in a text, one a line. */
export const namesIn = (text: string): string[] => text.split(/\r?\n/).flatMap((line) => (line.trim() === "" ? [] : [line.trim()]));

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
