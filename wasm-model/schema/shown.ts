/** Received values and lists of names as messages show them: short, whatever a caller or a file sends. */

/** Longest text that is shown whole, in UTF-16 code units. */
const LONGEST = 64;

/** Cuts a long text, between two code points. */
export const clip = (text: string): string =>
  text.length > LONGEST ? `${[...text.slice(0, LONGEST)].slice(0, LONGEST - 4).join("")}…` : text;

/** Names that a list shows. */
const MOST_NAMES = 10;

/** The names with commas between them; of a long list the first ones. */
export const listed = (names: readonly string[], most = MOST_NAMES): string =>
  names.slice(0, most).join(", ") + (names.length > most ? ` and ${names.length - most} more` : "");

/** "1 image", "2 images". */
export const counted = (count: number, noun: string, plural = `${noun}s`): string => `${count} ${count === 1 ? noun : plural}`;

/** The value as JSON, or as a number that JSON does not have; undefined if JSON cannot hold it or it is nested too deeply. */
export function asJson(value: unknown): string | undefined {
  try {
    return typeof value === "number" ? String(value) : JSON.stringify(value); // NaN would be null
  } catch {
    return undefined;
  }
}
