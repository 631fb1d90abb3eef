import { asJson, clip } from "../schema/text.ts";

export type OptionErrorCode = "invalid-value" | "empty-value" | "unknown-option" | "repeated-option" | "over-budget";

/** A caller's mistake, "Expected {expected} for `{option}` but received {received}", or where nothing is right for it what `say` returns. */
export class OptionError extends Error {
  readonly code: OptionErrorCode;
  readonly option: string;
  readonly expected: string;
  readonly received: string;
  readonly #say: (option: string) => string;

  constructor(code: OptionErrorCode, option: string, expected: string, received: unknown, say?: (option: string) => string) {
    const shown = shownValue(received);
    const named = clip(option); // an unknown key is the caller's text too
    const sentence = say ?? ((name: string) => `Expected ${expected} for \`${name}\` but received ${shown}`);
    super(sentence(named));
    this.#say = sentence;
    this.name = "OptionError";
    this.code = code;
    this.option = named;
    this.expected = expected;
    this.received = shown;
  }

  /** The message with another name of the option, such as its attribute's. */
  called(name: string): string {
    return this.#say(name);
  }
}

/** A received value as a message shows it: plain words as they are, other texts quoted, long ones cut, anything else as JSON. */
export function shownValue(value: unknown): string {
  if (typeof value === "number" || value === undefined) return String(value);
  if (typeof value !== "string") return clip(asJson(value) ?? typeof value);
  const clipped = clip(value);
  return /^[\w.+-][\w.+ ()-]*$/.test(clipped) ? clipped : JSON.stringify(clipped);
}
