/**
 * The options that name a picture for good: with the model's version they make the same bytes again, whatever the model's defaults become. They stand in
 * every PNG file (image/text.ts) and in permanent URLs.
 */
import type { ModelCard } from "./card.ts";
import { colourText } from "./image/colours.ts";
import { classIndex, type SampleOptions, type Settings } from "./options.ts";

export interface Note {
  /** The model's name and version. */
  readonly model: string;
  readonly version: string;
  readonly options: SampleOptions;
}

/** In the order of the table, without what stands at its neutral value. */
export function canonicalOptions(settings: Settings, card: ModelCard): SampleOptions {
  const { seed, class: label, toClass, steps, sampler, temperature, guidance, to, t, n, colours, frames, width } = settings;
  return {
    seed,
    ...(label !== undefined && (to === undefined || toClass === label) && { class: className(label, card.labels) }),
    steps,
    sampler,
    ...(temperature !== 1 && { temperature }),
    ...(guidance !== 1 && { guidance }),
    ...(to !== undefined && { to, t }),
    ...(width !== card.spec.width && { size: width }),
    ...(n !== undefined && { n }),
    ...(colours && { background: colourText(colours.background), foreground: colourText(colours.foreground) }),
    ...(frames !== undefined && { frames }),
  };
}

export function noteOn(settings: Settings, card: ModelCard, version: string): string {
  return JSON.stringify({ model: card.name, version, options: canonicalOptions(settings, card) } satisfies Note);
}

/** The note that this text is; undefined for a text that no `noteOn` wrote. What its options say is for `resolve` to judge. */
export function parseNote(text: string): Note | undefined {
  try {
    const { model, version, options } = JSON.parse(text);
    const isNote = typeof model === "string" && typeof version === "string" && typeof options?.seed === "string";
    return isNote ? { model, version, options } : undefined;
  } catch {
    return undefined;
  }
}

/** What leads to this class again: its name, or its index where another class has that name. */
function className(label: number, labels: readonly string[]): string {
  const name = labels[label];
  return classIndex(name, labels) === label ? name : String(label);
}
