/** What each tab of Create has controls for, and what it asks for. */
import { nativeShape } from "../../../wasm-model/model/names.ts";
import type { Pixels } from "../../../wasm-model/render/image/png.ts";
import { OPTION_VALUES, type SampleOptions } from "../../../wasm-model/request/options.ts";
import { cellSeed, enlargeOf } from "../../../wasm-model/request/resolve.ts";
import { choice, choices, type Fields, slider, type ValuesOf } from "../../langevin/fields.ts";
import { type DrawRun, draw, type Wanted } from "../shared/draw.ts";
import type { DescribedModel } from "../shared/service.ts";
import { classField, rangeOf, seedField, seedProblem, stepsField } from "../shared/state.ts";
import { type Inks, inksOf, type KindColours, STRENGTH, sketchPixels } from "./inks.ts";
import KINDS from "./kinds.json" with { type: "json" };
import { maskOf } from "./raster.ts";
import type { Drawing } from "./strokes.ts";

export const TABS = { draw: "Draw", repaint: "Repaint", morph: "Between two pictures", name: "From a name" };
export type Tab = keyof typeof TABS;

/** Variants below the image, with the seeds {seed}/1, {seed}/2, ... One is taken when its seed is the page's. */
export const VARIANTS = 4;

const { strength, t, sampler, churn, temperature, guidance } = OPTION_VALUES;

/** Widths of an image from a name, in native widths. */
const WIDTHS = [1, 2, 4, 8, 16];
const SHOWN_WIDTH = 8;
const widthsOf = (model: DescribedModel) => choices(WIDTHS.map((width) => String(width * nativeShape(model).width)));

/** What may stand behind an image, if the model's images let it be seen. */
function backgroundsOf({ cutOut, spec: { channels } }: DescribedModel): Record<string, string> {
  if (!cutOut && channels !== 1) return { "": "none" };
  return { "": cutOut ? "none" : "black", ...Object.fromEntries(inksOf(3).colours.map(([css, name]) => [css.slice(1), name])) };
}

/** A slider does not show the ramp that a model's own value may be. */
const numbers = (label: string, values: readonly number[]) =>
  choice<string>(label, { "": "the model's", ...choices(values.map(String)) }, "");

export const createFields = (model: DescribedModel) =>
  ({
    tab: choice("What to do", TABS, "draw"),
    model: choice<string>("Model", choices([model.name]), ""), // in the address, if it has one
    from: {
      ...{ ...seedField("From the image of this name", "7"), example: "your picture" },
      problem: (from: string) => (from === "" ? undefined : seedProblem(from)),
    },
    t: slider("In between", rangeOf(t), Number(t.default), 0.01),
    class: classField(model.labels),
    strength: slider("Like my sketch – freer", rangeOf(strength), STRENGTH, 0.05),
    seed: seedField("Name", "1"),
    to: seedField("To the image of this name", "8"),
    strokes: { kind: "text", label: "The drawing", default: "" },
    size: choice<string>("Size in pixels", widthsOf(model), String(SHOWN_WIDTH * nativeShape(model).width)),
    background: choice<string>("Background", backgroundsOf(model), ""),
    enlarge: choice<string>("Enlarged", { smooth: "smoothly", pixels: "as pixels" }, enlargeOf(model)),
    steps: stepsField(model),
    sampler: {
      ...choice<string>("Sampler", choices(sampler.domain.values), model.sampling.sampler),
      note: "How noise is taken away.",
    },
    churn: numbers("Churn", [0, 0.25, 0.5, 0.75, churn.domain.max]),
    extrapolation: numbers("Extrapolation", [1, 1.2, 1.5, 2, 3]),
    temperature: slider("Temperature", rangeOf(temperature), 1, 0.05),
    guidance: slider("Guidance", rangeOf(guidance), 1, 0.1),
  }) as const satisfies Fields;

type CreateFields = ReturnType<typeof createFields>;
export type CreateValues = ValuesOf<CreateFields>;

/** The controls of each tab. */
export const SHOWN: Readonly<Record<Tab, readonly (keyof CreateFields)[]>> = {
  draw: ["class", "strength", "seed"],
  repaint: ["from", "class", "seed"],
  morph: ["from", "t", "class", "to"],
  name: ["class", "seed", "size", "background", "enlarge"],
};

/** What stands folded below the controls of "From a name": how it is drawn. */
export const HOW = ["steps", "sampler", "churn", "extrapolation", "temperature", "guidance"] as const;

/** What an address has beside seed, class and size. */
const OPTIONS = ["background", "enlarge", ...HOW] as const;

/** The seed whose variants are shown, and which of them is taken. */
export function variantOf(seed: string): { readonly root: string; readonly taken?: number } {
  const taken = Array.from({ length: VARIANTS }, (_, k) => k + 1).find((k) => seed.endsWith(cellSeed("", k)));
  return taken ? { root: seed.slice(0, -cellSeed("", taken).length), taken } : { root: seed };
}

/** What a sketch is to become: the chosen kind, or one by the name. Its colours are known of the shipped model. */
export function kindOf({ labels, version }: DescribedModel, { class: label, seed }: CreateValues) {
  const letters = [...variantOf(seed).root].reduce((sum, letter) => sum + letter.codePointAt(0)!, 0);
  const kind = label || labels[letters % labels.length];
  const colours = version === KINDS.version ? (KINDS.kinds as Readonly<Record<string, KindColours>>)[kind] : undefined;
  return { kind, colours };
}

/** Pixels of the model's size: of cut-outs in RGBA, which the network sees on its ground. */
export function imageOf(model: DescribedModel, pixels: Uint8Array): Pixels {
  const { width, height } = nativeShape(model);
  return { width, height, channels: pixels.length / (width * height), pixels };
}

const classOption = ({ class: label }: CreateValues): { readonly class?: string } => (label === "" ? {} : { class: label });

/** What a tab with one picture asks for; undefined if it asks for nothing yet. `base`: what is repainted. */
export function wantedFor(
  model: DescribedModel,
  values: CreateValues,
  inks: Inks,
  asked: Drawing,
  base: Uint8Array | undefined,
): Wanted | undefined {
  const { tab, strength, seed } = values;
  const size = nativeShape(model);
  const common = { model: model.name, options: { seed, ...classOption(values) } };
  if (tab === "name") {
    const fields = createFields(model);
    const changed = OPTIONS.filter((name) => values[name] !== fields[name].default).map((name) => [name, values[name]]);
    return { operation: "sample", ...common, options: { ...common.options, ...Object.fromEntries(changed), size: Number(values.size) } };
  }
  const { kind, colours } = kindOf(model, values);
  const image = imageOf(model, base ?? sketchPixels(asked, size, inks, colours));
  if (tab === "repaint") {
    const mask = maskOf(asked, size);
    if (!mask.some((value) => value > 0)) return undefined;
    return { operation: "inpaint", ...common, image, mask: { ...size, channels: 1, pixels: mask } };
  }
  if (asked.strokes.length === 0) return undefined;
  return { operation: "vary", ...common, options: { seed, ...inks.options, ...(kind !== undefined && { class: kind }), strength }, image };
}

/**
 * The way from one picture to the other: what to draw at each part of it. Between two seeds the noise is interpolated. An own picture
 * has no seed: it is mixed with the goal, and the mixture drawn anew, from the most noise halfway and from none at the ends.
 */
export async function wayBetween(
  model: DescribedModel,
  values: CreateValues,
  own: Uint8Array | undefined,
  run: DrawRun,
): Promise<(part: number) => Wanted> {
  const { from, to } = values;
  const sampleWanted = (options: SampleOptions): Wanted => ({
    operation: "sample",
    model: model.name,
    options: { ...options, ...classOption(values) },
  });
  if (!own) return (part) => sampleWanted({ seed: from, to, t: part });
  const goal = (await draw(sampleWanted({ seed: to }), run)).image.pixels;
  return (part) => {
    if (part === 1) return sampleWanted({ seed: to });
    const image = imageOf(
      model,
      own.map((value, i) => Math.round(value + part * (goal[i] - value))),
    );
    const options = { seed: to, strength: 4 * part * (1 - part), ...classOption(values) };
    return { operation: "vary", model: model.name, options, image };
  };
}
