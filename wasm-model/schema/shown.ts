/** Received values as messages show them: short, whatever a caller or a file sends. */

/** Longest text that is shown whole, in UTF-16 code units. */
const LONGEST = 64;

/** Cuts a long text, between two code points. */
export const clip = (text: string): string =>
  text.length > LONGEST ? `${[...text.slice(0, LONGEST)].slice(0, LONGEST - 4).join("")}…` : text;

/** The value as JSON; undefined if JSON cannot hold it or it is nested too deeply. */
export function asJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}
