/**
 * `npm run tool -- wall`: chooses the seeds of the wall on the home page and draws its poster, for each shipped model or one.
 * Of the seeds 1, 2, 3, ... it takes those whose images the tuning classifier recognizes with the most confidence, as
 * many of each class, and of these the ones that differ most.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { chooseBackend } from "../../training/backend/index.ts";
import { newCommand, numberIn, runCommandLine } from "../../training/cli/command-line.ts";
import { writeFileAtomically } from "../../training/cli/files.ts";
import { progress } from "../../training/cli/progress.ts";
import { simd } from "../../wasm-model/engine/simd.ts";
import { loadModel, type Model, sample } from "../../wasm-model/index.ts";
import { nativeShape } from "../../wasm-model/model/card.ts";
import { DEFAULT_MODEL, MODEL_FILE } from "../../wasm-model/model/model.ts";
import { grid } from "../../wasm-model/render/image/pixels.ts";
import { encodePng, type Pixels } from "../../wasm-model/render/image/png.ts";
import { resolve } from "../../wasm-model/request/resolve.ts";
import { COLUMNS, EDGE } from "../../worker/pages/home/poster.ts";
import { type Classification, classify } from "../lab/classifiers/classify.ts";
import { type Classifier, readClassifier } from "../lab/classifiers/file.ts";
import { classifierPath } from "../lab/judges.ts";

const here = (path: string): string => join(import.meta.dirname, "../..", path);
/** Images on the wall. */
const SIZE = 40;
/** Of how many confident images each one is chosen. */
const CHOICE = 4;
/** A sixth of the bytes of the pixels as they are, in colour. */
const POSTER = { quality: 80, effort: 6, chromaSubsampling: "4:4:4" };

const { count } = newCommand("tool wall")
  .description("Chooses the seeds of the wall on the home page by the tuning classifier's confidence, and draws its poster.")
  .option("--count <n>", "seeds to choose from", numberIn("count", 400, 100_000), 1000)
  .parse(process.argv)
  .opts<{ count: number }>();

interface Candidate {
  readonly seed: string;
  readonly image: Pixels;
  readonly features: Float32Array;
  readonly confidence: number;
}

/** By class, the images that the classifier takes for that class, the most confident first. */
async function candidates(
  model: Model,
  classification: (images: Uint8Array) => Classification,
  { spec }: Classifier,
): Promise<Candidate[][]> {
  const bar = progress(`drawing with ${model.card.name}`, count);
  const byClass: Candidate[][] = model.card.labels.map(() => []);
  const drawn: { readonly seed: string; readonly label: number; readonly image: Pixels }[] = [];
  for (let i = 1; i <= count; i++) {
    const seed = String(i);
    drawn.push({ seed, label: resolve("sample", { seed }, model.card).class as number, image: await sample(model, { seed }) });
    bar.update(i);
  }
  bar.stop();
  const { features, probabilities } = classification(new Uint8Array(Buffer.concat(drawn.map(({ image }) => image.pixels))));
  const length = features.length / count;
  for (const [i, { seed, label, image }] of drawn.entries()) {
    const confidence = probabilities[i * spec.classes + label];
    byClass[label]?.push({ seed, image, features: features.slice(i * length, (i + 1) * length), confidence });
  }
  return byClass.map((all) => all.toSorted((a, b) => b.confidence - a.confidence));
}

/** The most confident, and then again and again the confident one that is farthest from those chosen before. */
function different(all: readonly Candidate[], _: number, { length: classes }: { readonly length: number }): Candidate[] {
  const confident = all.slice(0, (CHOICE * SIZE) / classes);
  const chosen = confident.slice(0, 1);
  const nearest = (one: Candidate) => Math.min(...chosen.map((other) => distance(one.features, other.features)));
  while (chosen.length < SIZE / classes) chosen.push(confident.reduce((best, one) => (nearest(one) > nearest(best) ? one : best)));
  return chosen;
}

const distance = (a: Float32Array, b: Float32Array): number => a.reduce((sum, value, i) => sum + (value - b[i]) ** 2, 0);

/** Class by class in turn, in an order that puts no two of a class side by side. */
const mixed = (byClass: readonly (readonly Candidate[])[]): Candidate[] =>
  Array.from({ length: SIZE }, (_, i) => {
    const row = Math.floor(i / byClass.length);
    return byClass[(17 * (i % byClass.length) + 3 * row + 9) % byClass.length]?.[row];
  });

/** The image with its outermost pixels again around it. */
function withEdge({ width, height, channels, pixels }: Pixels): Pixels {
  const [columns, rows] = [width + 2 * EDGE, height + 2 * EDGE];
  const inside = (i: number, length: number) => Math.max(0, Math.min(length - 1, i - EDGE));
  const all = Uint8Array.from({ length: columns * rows * channels }, (_, k) => {
    const place = Math.floor(k / channels);
    return pixels[channels * (width * inside(Math.floor(place / columns), height) + inside(place % columns, width)) + (k % channels)];
  });
  return { width: columns, height: rows, channels, pixels: all };
}

await runCommandLine(async () => {
  const { tf } = await chooseBackend("auto");
  const model = await loadModel(readFileSync(here(`wasm-model/models/${DEFAULT_MODEL}/${MODEL_FILE}`)), { runtime: simd });
  const { card, version } = model;
  const { width, height, channels } = nativeShape(card);
  const classifier = readClassifier({ name: card.name, width, height, channels, labels: card.labels }, classifierPath(card.name, "tuning"));
  const chosen = mixed((await candidates(model, (images) => classify(tf, classifier, images), classifier)).map(different));
  const images = chosen.map(({ image }) => withEdge(image));
  writeFileAtomically(
    here("worker/pages/home/wall.avif"),
    await sharp(encodePng(grid(images, COLUMNS)))
      .avif(POSTER)
      .toBuffer(),
  );
  const seeds = chosen.map(({ seed }) => seed);
  writeFileAtomically(here("worker/pages/home/wall.json"), `${JSON.stringify({ version, seeds }, null, 2)}\n`);
});
