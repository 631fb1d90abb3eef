/**
 * The recipe of an image: every option that determines it, and the model's version. It gives the same bytes even after
 * the model's defaults change. It is stored in every PNG file (render/image/chunks.ts) and in permanent addresses.
 */

import { type ModelCard, nativeShape } from "../model/card.ts";
import { colourText } from "./colours.ts";
import type { SampleOptions } from "./options.ts";
import type { Settings } from "./resolve.ts";
import { classIndex } from "./values.ts";

export interface Recipe {
  readonly model: string;
  readonly version: string;
  readonly options: CanonicalOptions;
}

export type CanonicalOptions = SampleOptions & { readonly seed: string };

/** The options that resolve to these settings. Options at their neutral value are left out. */
export function canonicalOptions(settings: Settings, card: ModelCard): CanonicalOptions {
  const { class: label, to, temperature, guidance, colours, behind, width } = settings;
  const { seed, steps, sampler, churn, extrapolation, n, radius, frames, enlarge, palette } = settings;
  const hasOneClass = typeof label === "number" && (!to || to.class === label);
  // Every option of /sample must be here, or two different images would have one address.
  const options: { readonly [Name in keyof SampleOptions]-?: string | number | undefined } = {
    seed,
    class: hasOneClass ? className(label, card.labels) : undefined,
    steps,
    sampler,
    churn,
    extrapolation,
    temperature: temperature === 1 ? undefined : temperature,
    guidance: guidance === 1 ? undefined : guidance,
    size: width === nativeShape(card).width ? undefined : width,
    enlarge,
    palette,
    to: to?.seed,
    t: to?.t,
    n,
    background: behind ? colourText(behind) : colours && colourText(colours.background),
    foreground: colours && colourText(colours.foreground),
    radius,
    frames,
  };
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as unknown as CanonicalOptions;
}

/** The value that `classIndex` maps to this class: its name, or its index if the name maps to another class. */
function className(label: number, labels: readonly string[]): string {
  const name = labels[label];
  return classIndex(name, labels) === label ? name : String(label);
}

/** The shortest decimal that `Number` parses to exactly this number >= 0, without an exponent: "0.0000001" where `String(1e-7)` gives "1e-7". */
export function decimalText(value: number): string {
  const [mantissa, exponent] = String(value).split("e");
  if (exponent === undefined) return mantissa;
  const digits = mantissa.replace(".", "");
  const point = 1 + Number(exponent); // how many digits precede it
  return point <= 0 ? `0.${"0".repeat(-point)}${digits}` : digits.padEnd(point, "0"); // of 1e21 and more all do
}
