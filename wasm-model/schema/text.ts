/** Text that people read and that addresses, headers and files carry: names of classes, licences, data sets. */
import * as v from "valibot";

/** The length of a text as addresses and files hold it. */
export const utf8Length = (text: string): number => new TextEncoder().encode(text).length;

/** Control characters, halves of surrogate pairs, separators of lines, and marks that change the direction of what follows. */
const CONTROL = /[\p{Cc}\p{Surrogate}\p{Zl}\p{Zp}\p{Bidi_Control}]/u;
/** Any character that leaves a mark: no space, no part of another character, none that most fonts draw as nothing. */
const VISIBLE = /[^\s\p{C}\p{Z}\p{M}\p{Default_Ignorable_Code_Point}\u2800]/u;
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
