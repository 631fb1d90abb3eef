/**
 * `npm run lab -- matte`: trains the matte that a run's own one starts from, on icons and emoji on any ground, and writes its
 * int8 file.
 */
import { dirname, resolve } from "node:path";
import sharp from "sharp";
import { chooseBackend } from "../../training/backend/index.ts";
import { newCommand, numberIn, runCommandLine } from "../../training/cli/command-line.ts";
import { makeFolder, writeFileAtomically } from "../../training/cli/files.ts";
import { baseFile, readAnyModel } from "../../training/cli/model-files.ts";
import { progress } from "../../training/cli/progress.ts";
import { learnedWeights, learnToFinish } from "../../training/finishing/finisher.ts";
import { MATTE } from "../../training/finishing/matte.ts";
import { quantizedFinisher } from "../../training/finishing/quantized.ts";
import { firstState } from "../../training/learning/checkpoint.ts";
import { randomParameters } from "../../training/network/parameters.ts";
import { unitRange } from "../../training/network/split.ts";
import { writeFinisher } from "../../wasm-model/model/onnx/writer.ts";
import type { Colour } from "../../wasm-model/request/colours.ts";
import { allIcons, installLab } from "./base-packs.ts";
import { Dice } from "./dice.ts";
import { drawEach } from "./draw.ts";

const MODEL = resolve(import.meta.dirname, "../../wasm-model/models/matte/model.onnx");

const SIDE = 32;
/** Icons, chosen evenly from all packs. */
const COUNT = 4000;
const SETTINGS = { batch: 32, denoised: 12, learningRate: 0.02, decayShare: 0.6 };
/** Pictures that calibrate the int8 network, and patches of each of their maps. */
const [CALIBRATION, PATCHES] = [320, 4];

/** Half of the grounds are white, a tenth black; the others have any colour. */
function groundOf(dice: Dice): Colour {
  const kind = dice.number();
  if (kind < 0.5) return [255, 255, 255];
  return kind < 0.6 ? [0, 0, 0] : [dice.integer(0, 255), dice.integer(0, 255), dice.integer(0, 255)];
}

/** Each on its ground, in a frame of its own; a third have hard edges. */
async function pictures() {
  installLab();
  const all = allIcons();
  const icons = Array.from({ length: COUNT }, (_, i) => all[Math.floor((i * all.length) / COUNT)]);
  const images = new Uint8Array(COUNT * SIDE * SIDE * 3);
  const alpha = new Uint8Array(COUNT * SIDE * SIDE);
  const grounds: Colour[] = [];
  await drawEach(icons, async ({ pack, name, body, box }, i) => {
    const dice = new Dice(`matte/${pack}/${name}`);
    const ground = groundOf(dice);
    const [scale, hard] = [dice.number(0.6, 1.05), dice.chance(1 / 3)];
    const [x, y] = [0, 0].map(() => 50 * (1 - scale) + dice.number(-8, 8));
    const inside = `<g transform="translate(${x} ${y}) scale(${scale})"><svg width="100" height="100" viewBox="${box}" color="${dice.colour()}">${body}</svg></g>`;
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 100 100" width="${SIDE}" height="${SIDE}">${inside}</svg>`;
    const drawn = await sharp(Buffer.from(svg)).ensureAlpha().toColourspace("srgb").raw().toBuffer();
    for (let k = 0; k < SIDE * SIDE; k++) {
      const a = hard ? (drawn[4 * k + 3] < 128 ? 0 : 255) : drawn[4 * k + 3];
      alpha[i * SIDE * SIDE + k] = a;
      for (let c = 0; c < 3; c++) images[3 * (i * SIDE * SIDE + k) + c] = Math.round((a * drawn[4 * k + c] + (255 - a) * ground[c]) / 255);
    }
    grounds[i] = ground;
  });
  return { images, alpha, grounds };
}

await runCommandLine(async () => {
  const { steps } = newCommand("lab matte")
    .description("Trains the matte that a run's own one starts from.")
    .option("--steps <n>", `batches of ${SETTINGS.batch} pictures`, numberIn("steps", 1, 1e6), 1500)
    .parse(process.argv)
    .opts<{ steps: number }>();
  const base = readAnyModel(baseFile(), "base");
  const backend = await chooseBackend("auto");
  const settings = { ...SETTINGS, pictures: COUNT, steps };
  const cutOuts = await pictures();
  const run = { spec: base.card.spec, weights: base.weights.floats, settings, pictures: cutOuts, seed: "base" };
  let state = firstState(MATTE.parameters, randomParameters(MATTE.parameters, "matte"));
  const bar = progress("learning to cut out", steps);
  let error = 0.5;
  for await (const { step, loss, isKept, state: now } of learnToFinish(backend, MATTE, run, state, async () => {})) {
    error += (loss - error) / Math.min(step, 100);
    bar.update(step, `error ${error.toFixed(4)}`);
    if (isKept) state = now();
  }
  bar.stop();
  const images = unitRange(cutOuts.images.subarray(0, CALIBRATION * SIDE * SIDE * 3));
  const weights = quantizedFinisher(backend.tf, "matte", learnedWeights(MATTE, state), [images], { height: SIDE, width: SIDE }, PATCHES);
  const file = writeFinisher("matte", weights);
  makeFolder(dirname(MODEL));
  writeFileAtomically(MODEL, file);
  console.log(`error ${error.toFixed(4)}; wrote ${file.length} bytes to ${MODEL}`);
});
