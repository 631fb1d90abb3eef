/**
 * `npm run lab -- avatars-enlarger`: the library's enlarger goes on to learn the avatars' own drawings, larger. It goes into the
 * model's int8 file, whose other bytes stay, and its edges are measured.
 */
import { join, resolve } from "node:path";
import sharp from "sharp";
import { chooseBackend } from "../../training/backend/index.ts";
import { newCommand, numberIn, runCommandLine } from "../../training/cli/command-line.ts";
import { writeFileAtomically } from "../../training/cli/files.ts";
import { FP32_FILE, readFp32Model, readModelFile } from "../../training/cli/model-files.ts";
import { progress } from "../../training/cli/progress.ts";
import { reduced } from "../../training/data/decode.ts";
import type { LargePicture } from "../../training/data/large.ts";
import { PAGE, pageOf } from "../../training/export/page.ts";
import { readRecord } from "../../training/export/record.ts";
import { ENLARGER } from "../../training/finishing/enlarger.ts";
import { learnedWeights, learnToFinish } from "../../training/finishing/finisher.ts";
import { firstFinishers } from "../../training/finishing/plan.ts";
import { quantizedFinishers } from "../../training/finishing/quantized.ts";
import { simd } from "../../wasm-model/engine/simd.ts";
import { loadModel } from "../../wasm-model/index.ts";
import { MODEL_FILE } from "../../wasm-model/model/model.ts";
import { readModel } from "../../wasm-model/model/onnx/reader.ts";
import { writeModel } from "../../wasm-model/model/onnx/writer.ts";
import { RECORD_FILE } from "../../wasm-model/model/recorded.ts";
import { ENLARGED } from "../../wasm-model/network/enlarger.ts";
import { sha256Hex } from "../../wasm-model/sampling/sha256.ts";
import { avatarImages } from "./avatar-images.ts";
import { drawEach } from "./draw.ts";
import { edgesBeside } from "./enlarger-measure.ts";

const FOLDER = resolve(import.meta.dirname, "../../wasm-model/models/avatars");
const NATIVE = { width: 32, height: 32 };
const LARGE = { width: ENLARGED * NATIVE.width, height: ENLARGED * NATIVE.height };
/** Drawings of each class. */
const COUNT = 200;
/** Weaker errors of differences, and fewer pictures that were denoised, than in own enlargers: edges get sharper. */
const SETTINGS = { batch: 16, denoised: 3, learningRate: 0.02, decayShare: 0.7, edges: 0.1 };

async function drawings(): Promise<LargePicture[]> {
  const drawn = (await avatarImages(COUNT)).filter(({ path }) => path.startsWith("train/"));
  const pictures: LargePicture[] = [];
  await drawEach(drawn, async ({ svg }, i) => {
    const image = sharp(Buffer.from(svg)).resize(LARGE).flatten({ background: "white" }).toColourspace("srgb");
    const large = new Uint8Array(await image.ensureAlpha().raw().toBuffer());
    pictures[i] = { large, small: await reduced(large, LARGE, NATIVE) };
  });
  return pictures;
}

await runCommandLine(async () => {
  const { steps } = newCommand("lab avatars-enlarger")
    .description("Trains the enlarger of the model avatars and puts it into its file.")
    .option("--steps <n>", `batches of ${SETTINGS.batch} pictures`, numberIn("steps", 1, 1e6), 800)
    .parse(process.argv)
    .opts<{ steps: number }>();
  const backend = await chooseBackend("auto");
  const { card, weights } = readFp32Model(join(FOLDER, FP32_FILE), "model");
  const pictures = await drawings();
  const settings = { ...SETTINGS, pictures: pictures.length, steps };
  const run = {
    spec: card.spec,
    weights: weights.floats,
    settings,
    seed: "avatars",
    pictures: { pictures, background: "ffffff", isCutOut: false },
  };
  let { enlarger: state } = await firstFinishers({ enlarger: settings });
  const bar = progress("learning to enlarge", steps);
  let error = 0.05;
  for await (const { step, loss, isKept, state: now } of learnToFinish(backend, ENLARGER, run, state!, async () => {})) {
    error += (loss - error) / Math.min(step, 100);
    bar.update(step, `error ${error.toFixed(4)}`);
    if (isKept) state = now();
  }
  bar.stop();
  const { enlarger: _, bytes: __, ...before } = readModel(readModelFile(FOLDER));
  const library = await loadModel(writeModel(before), { runtime: simd });
  const learned = { enlarger: learnedWeights(ENLARGER, state!) };
  const bytes = writeModel({ ...before, ...(await quantizedFinishers(backend.tf, before.card, library.denoiser.denoise, learned)) });
  const edges = await edgesBeside([library, await loadModel(bytes, { runtime: simd })]);
  console.log(`edges, in multiples of Catmull-Rom's: by the library ${edges[0].toFixed(3)}, by its own ${edges[1].toFixed(3)}`);
  const record = readRecord(FOLDER);
  const sizes = { ...record.export.bytes, [MODEL_FILE]: bytes.length };
  const now = { ...record, export: { ...record.export, sha256: sha256Hex(bytes), bytes: sizes } };
  writeFileAtomically(join(FOLDER, MODEL_FILE), bytes);
  writeFileAtomically(join(FOLDER, RECORD_FILE), `${JSON.stringify(now, null, 2)}\n`);
  writeFileAtomically(join(FOLDER, PAGE), pageOf(before.card, now));
});
