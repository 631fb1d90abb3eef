/**
 * The recipe of a picture: the options that name it for good. With the model's version they make the same bytes again, whatever the model's defaults become.
 * It stands in every PNG file (render/image/text.ts) and in permanent addresses.
 */

import { type ModelCard, pictureShape } from "../model/card.ts";
import { colourText } from "./colours.ts";
import { optionsOf, type SampleOptions } from "./options.ts";
import { classIndex, type Settings } from "./resolve.ts";

export interface Recipe {
  /** The model's name and version. */
  readonly model: string;
  readonly version: string;
  readonly options: SampleOptions;
}

/** The options that resolve to these settings, without what stands at its neutral value. */
export function canonicalOptions(settings: Settings, card: ModelCard): SampleOptions {
  const { seed, class: label, to, steps, sampler, temperature, guidance, n, colours, frames, width } = settings;
  return {
    seed,
    ...(typeof label === "number" && (!to || to.class === label) && { class: className(label, card.labels) }),
    steps,
    sampler,
    ...(temperature !== 1 && { temperature }),
    ...(guidance !== 1 && { guidance }),
    ...(width !== pictureShape(card).width && { size: width }),
    ...(to && { to: to.seed, t: to.t }),
    ...(n !== undefined && { n }),
    ...(colours && { background: colourText(colours.background), foreground: colourText(colours.foreground) }),
    ...(frames !== undefined && { frames }),
  };
}

/** The recipe as a file carries it. */
export function recipeText(settings: Settings, card: ModelCard, version: string): string {
  return JSON.stringify({ model: card.name, version, options: canonicalOptions(settings, card) } satisfies Recipe);
}

/** The recipe that this text is; undefined for a text that `recipeText` cannot have written. Whether its values are in their domains, `resolve` knows. */
export function parseRecipe(text: string): Recipe | undefined {
  const { model, version, options, ...rest } = objectOf(text);
  const names: readonly string[] = optionsOf("sample");
  const isRecipe =
    typeof model === "string" &&
    typeof version === "string" &&
    Object.keys(rest).length === 0 &&
    typeof options === "object" &&
    options !== null &&
    typeof (options as Partial<SampleOptions>).seed === "string" &&
    Object.entries(options).every(([name, value]) => names.includes(name) && ["string", "number"].includes(typeof value));
  return isRecipe ? { model, version, options: options as SampleOptions } : undefined;
}

function objectOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

/** What leads to this class again: its name, or its index where another class has that name. */
function className(label: number, labels: readonly string[]): string {
  const name = labels[label]!;
  return classIndex(name, labels) === label ? name : String(label);
}
