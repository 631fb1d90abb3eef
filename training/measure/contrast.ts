/**
 * The extrapolation at which a model's images have the contrast of its training images. Extrapolation sets their contrast
 * (training/LOG.md): with too little of it they are pale, with too much burnt, and photographs want less than drawings.
 */
import type { ModelCard } from "../../wasm-model/model/card.ts";
import type { ModelContents } from "../../wasm-model/model/onnx/writer.ts";
import { roughDenoiser } from "../quantize/calibrate.ts";
import { classesInTurn, drawImages } from "./images.ts";
import { contrastOf } from "./looks.ts";

/** Images that are drawn to compare, at each of two extrapolations, fewer of more than 32x32 pixels: of 128 the contrast is 4 % uncertain, of 400 2 %. */
const [IMAGES, PIXELS] = [400, 32 ** 2];
const TRIED = [1.45, 1.75] as const;
/** What is chosen lies between these, in hundredths: below them images are blurred, above them burnt. */
const [LEAST, MOST] = [1.3, 1.7];

/** `contrastAt(0)` in another thread. */
export type ContrastElsewhere = (fp32: ModelContents) => Promise<number>;
type OnImages = (done: number, total: number) => void | Promise<void>;

const having = (card: ModelCard, extrapolation: number): ModelCard => ({ ...card, sampling: { ...card.sampling, extrapolation } });

/** The contrast of an fp32 model's images at the extrapolation TRIED[k]. */
export async function contrastAt(k: 0 | 1, fp32: ModelContents, onProgress: OnImages = () => {}): Promise<number> {
  const card = having(fp32.card, TRIED[k]);
  const denoiser = await roughDenoiser(fp32);
  const count = Math.ceil(IMAGES * Math.min(1, PIXELS / (card.spec.width * card.spec.height)));
  const set = { seed: `contrast ${k}`, classes: classesInTurn(count, card.labels) }; // others each time: the line between them is more certain
  const images = await drawImages({ card, denoiser }, set, (done) => onProgress(done, count));
  denoiser.dispose();
  return contrastOf(images, images.length / count);
}

/**
 * The fp32 model with the extrapolation at which its images have the card's `contrast`. It is interpolated between two that
 * are tried, for the card's other settings. Without `contrast` it stays as it is. `elsewhere` tries the first.
 */
export async function withContrast(
  fp32: ModelContents,
  onProgress: OnImages = () => {},
  elsewhere?: ContrastElsewhere,
): Promise<ModelContents> {
  const { contrast } = fp32.card;
  if (contrast === undefined) return fp32;
  const first = elsewhere?.(fp32);
  const pale = first ? 0 : await contrastAt(0, fp32, (done, total) => onProgress(done, 2 * total));
  const rich = await contrastAt(1, fp32, (done, total) => (first ? onProgress(done, total) : onProgress(total + done, 2 * total)));
  return { ...fp32, card: having(fp32.card, extrapolationAt(contrast, [(await first) ?? pale, rich])) };
}

/** Where the line through the contrasts that were found at TRIED has the wanted one. */
export function extrapolationAt(contrast: number, [pale, rich]: readonly number[]): number {
  const [low, high] = TRIED;
  const wanted = rich > pale ? low + ((contrast - pale) / (rich - pale)) * (high - low) : MOST;
  return Math.round(100 * Math.min(Math.max(wanted, LEAST), MOST)) / 100;
}
