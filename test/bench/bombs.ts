/**
 * `npm run bench -- bombs`: what the costliest uploads take to be read or refused, beside the drawing of one default
 * image, all in turn.
 */
import { newCommand } from "../../training/cli/command-line.ts";
import { decodeUpload, loadModel, recipeIn, sample } from "../../wasm-model/index.ts";
import { simd } from "../../wasm-model/runtime/simd.ts";
import { MAX_UPLOAD } from "../../worker/admission/limits.ts";
import { pngBombs } from "../fuzz/png-bombs.ts";
import { shippedModel } from "../golden/golden.ts";
import { interleaved } from "./measure.ts";

newCommand("bench bombs").description("Times uploads that cost as much as they can beside one default image.").parse(process.argv);

const file = shippedModel("fashion-mnist");
const model = await loadModel(file, { runtime: simd });
const IMAGE = "one default image";

function read(file: Uint8Array): void {
  for (const reader of [() => decodeUpload(file, { width: 28, height: 28, channels: 1 }), () => recipeIn(file)]) {
    try {
      reader();
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
    }
  }
}

const bombs = [...pngBombs(MAX_UPLOAD)].map(([name, file]) => [name, () => read(file)] as const);
const timings = await interleaved(new Map<string, () => unknown>([[IMAGE, () => sample(model, { seed: "7" })], ...bombs]));
const { best: image } = timings.get(IMAGE)!;
for (const [name, { best }] of timings)
  console.log(`${name.padEnd(45)} ${best.toFixed(2).padStart(7)} ms ${(best / image).toFixed(2).padStart(6)} x`);
