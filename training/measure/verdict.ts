/**
 * What a training came to, in a person's words. No one measure tells it: images that nobody can read are as far from the
 * training images as good ones, and so are rough ones.
 */
import type { GenerativeModel } from "../../wasm-model/render/generate.ts";
import { joined } from "../../wasm-model/schema/bytes.ts";
import type { Tf } from "../network/score-network.ts";
import type { LabelledImages } from "../network/shape.ts";
import type { Split } from "../network/split.ts";
import { classesInTurn, drawImages } from "./images.ts";
import type { Likeness } from "./likeness.ts";
import { contrastOf, edgesOf } from "./looks.ts";
import { DRAWN, type Memorization, memorization } from "./memorization.ts";

export interface Findings {
  readonly memorization: Pick<Memorization, "distance" | "real" | "isCopying">;
  /** Of drawn images, in multiples of the training images'. */
  readonly contrast: number;
  readonly edges: number;
  /** The share by which the held-out loss fell below the base's; undefined for a network of another shape. */
  readonly fell: number | undefined;
  /** How alike the pictures are; undefined where that is not known. */
  readonly likeness?: Likeness | undefined;
}

/** A loss that fell by less shows that little was learned, and so do images that are so many times as far from the pictures as others. */
const [LITTLE, FAR] = [0.02, 1.3];
/** Images beyond these multiples are pale or burnt; those with fewer edges are blurred (training/LOG.md). */
const [PALE, BURNT, BLURRED] = [0.85, 1.2, 0.9];

/** Draws images of a model, compares them with a data set's, and says how they are. */
export async function judgeModel(
  tf: Tf,
  model: GenerativeModel,
  dataset: LabelledImages & { readonly test: Split },
  { seed, ...facts }: Pick<Findings, "fell" | "likeness"> & { readonly seed: string },
  onProgress?: (done: number, total: number) => void | Promise<void>,
) {
  const classes = classesInTurn(DRAWN, dataset.labels);
  const drawn = await drawImages(model, { seed, classes }, (done) => onProgress?.(done, DRAWN));
  const found = { drawn, memorization: await memorization(tf, dataset, drawn), ...looksBeside(dataset, drawn, classes), ...facts };
  return { ...found, kind: verdictOn(found), verdict: describeVerdict(found) };
}

/** Compares drawn images of these classes with as many training images of the same classes. */
export function looksBeside(
  { train, width, height, channels }: LabelledImages,
  drawn: Uint8Array,
  classes: ArrayLike<number>,
): Pick<Findings, "contrast" | "edges"> {
  const indices = (labels: ArrayLike<number>, label: number) => Array.from(labels).flatMap((own, i) => (own === label ? [i] : []));
  const chosen = [...new Set(Array.from(classes))].flatMap((label) => {
    const own = indices(train.labels, label);
    const { length } = indices(classes, label);
    return Array.from({ length }, (_, k) => own[Math.floor((k * own.length) / length)]); // spread over a split that may be sorted
  });
  const pictures = joined(chosen.map((i) => train.images(i, i + 1)));
  const over = (measure: (images: Uint8Array) => number): number => {
    const real = measure(pictures);
    return real > 0 ? measure(drawn) / real : 1;
  };
  return {
    contrast: over((images) => contrastOf(images, width * height * channels)),
    edges: over((images) => edgesOf(images, width, height, channels)),
  };
}

export type Verdict = "copies" | "unlearned" | "rough" | "new";

/** The distance to the nearest picture, in multiples of real ones'. */
const timesAsFar = ({ distance, real }: Findings["memorization"]): number | undefined => (real === undefined ? undefined : distance / real);

export function verdictOn({ memorization, contrast, edges, fell }: Findings): Verdict {
  if (memorization.isCopying) return "copies";
  if ((fell !== undefined && fell < LITTLE) || (timesAsFar(memorization) ?? 0) >= FAR) return "unlearned";
  return contrast < PALE || contrast > BURNT || edges < BLURRED ? "rough" : "new";
}

/** In a sentence, of "it", the model. The figures it follows from stand last. */
export function describeVerdict(findings: Findings): string {
  const { memorization, contrast, edges, fell, likeness } = findings;
  const times = timesAsFar(memorization);
  const nearest = times === undefined ? "" : `distance to the nearest picture ${times.toFixed(2)}, `;
  const figures = `(${nearest}contrast ${contrast.toFixed(2)}, edges ${edges.toFixed(2)}; 1 is as in the pictures)`;
  const faults = [contrast < PALE && "paler", contrast > BURNT && "harsher", edges < BLURRED && "less sharp"].filter(Boolean);
  switch (verdictOn(findings)) {
    case "copies":
      return `It copies: its images are nearly the pictures that it learned. More pictures would help most ${figures}.`;
    case "unlearned":
      return `It has not learned yet what the pictures have in common. ${likeness === "little" ? "Pictures more alike would help most" : "Train it longer, or on more pictures of one kind"} ${fell !== undefined && fell < LITTLE ? betterThanBase(fell) : figures}.`;
    case "rough":
      return `Its images are rough: ${faults.join(" and ")} than the pictures ${figures}.`;
    case "new":
      return `Its images are ${times === undefined ? "" : "new, and "}about as sharp as the pictures; whether one can name what they show, no figure tells ${figures}.`;
  }
}

function betterThanBase(fell: number): string {
  const percent = Math.round(100 * fell);
  const better = percent > 0 ? `only ${percent} % better` : "no better";
  return `(it cleans noise off pictures kept for testing ${better} than a network that saw none of them)`;
}
