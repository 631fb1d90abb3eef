/**
 * Text that people read and that addresses, headers and files carry, such as names of classes and licences; and received
 * values as messages show them, which are short, whatever a caller or a file sends.
 */
import * as v from "valibot";

/** The length of a text as addresses and files hold it. */
export const utf8Length = (text: string): number => new TextEncoder().encode(text).length;

/** Control characters, halves of surrogate pairs, separators of lines, and marks that change the direction of what follows. */
const CONTROL = /[\p{Cc}\p{Surrogate}\p{Zl}\p{Zp}\p{Bidi_Control}]/u;
/** Any character that leaves a mark: no space, no part of another character, none that most fonts draw as nothing. */
const VISIBLE = /[^\s\p{C}\p{Z}\p{M}\p{Default_Ignorable_Code_Point}\u2800]/u;
/** What a text shows: without what fonts draw as nothing, in the form that spaces, letters and their variants share. */
export const visibleForm = (text: string): string =>
  text
    .replace(/\p{Default_Ignorable_Code_Point}+/gu, "")
    .normalize("NFKC")
    .trim();

/** The delimiters of HTML and Markdown. */
const DELIMITER = /[<>"`]/;

const textThat = (isRight: (text: string) => boolean, error: string) => v.pipe(v.string(error), v.check(isRight, error));

/** A text of at most this many bytes in UTF-8, and of one line. */
export const line = (most: number) =>
  textThat(
    (text) => !CONTROL.test(text) && utf8Length(text) <= most,
    `a text of at most ${most} bytes in UTF-8 without control characters`,
  );

/** A name of at most this many bytes in UTF-8, with a character that can be seen. */
export const name = (most: number) =>
  textThat(
    (text) => VISIBLE.test(text) && !CONTROL.test(text) && !DELIMITER.test(text) && utf8Length(text) <= most,
    `a text of 1 to ${most} bytes in UTF-8 that can be seen, without control characters and without < > " \``,
  );

/** Longest text that is shown whole, in UTF-16 code units. */
const LONGEST = 64;

/** Cuts a long text, between two code points. */
export const clip = (text: string): string =>
  text.length > LONGEST ? `${[...text.slice(0, LONGEST)].slice(0, LONGEST - 4).join("")}…` : text;

/** The same of a name in a file, with what a terminal would obey as escapes. */
export const printable = (text: string): string =>
  clip(text).replace(new RegExp(CONTROL, "gu"), (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`);

/** Names that a list shows. */
const MOST_NAMES = 10;

/** The names with commas between them; of a long list the first ones. */
export const listed = (names: readonly string[], most = MOST_NAMES): string =>
  names.slice(0, most).join(", ") + (names.length > most ? ` and ${names.length - most} more` : "");

/** "1 image", "2 images". */
export const counted = (count: number, noun: string, plural = `${noun}s`): string => `${count} ${count === 1 ? noun : plural}`;

const ESCAPES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", '"': "&quot;" };

/** A text as HTML has it, in an attribute's quotation marks, too. */
export const escapeHtml = (text: string): string => text.replaceAll(/[&<"]/g, (sign) => ESCAPES[sign]);

/** The value as JSON, or as a number that JSON does not have; undefined if JSON cannot hold it or it is nested too deeply. */
export function asJson(value: unknown): string | undefined {
  try {
    return typeof value === "number" ? String(value) : JSON.stringify(value); // NaN would be null
  } catch {
    return undefined;
  }
}
