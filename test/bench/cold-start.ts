/**
 * One fresh process: from the engine's module and the model's file to the first image. Prints milliseconds of CPU as
 * JSON.
 */
import { readFile } from "node:fs/promises";
import { loadModel, sample } from "../../wasm-model/index.ts";
import { simd } from "../../wasm-model/runtime/simd.ts";

const cpu = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

const file = new Uint8Array(await readFile(process.argv[2]));
const start = cpu();
const model = await loadModel(file, { runtime: simd });
const loaded = cpu();
(await sample(model, { seed: "7" })).png();
const first = cpu();
(await sample(model, { seed: "8" })).png();
console.log(JSON.stringify({ load: loaded - start, firstImage: first - loaded, secondImage: cpu() - first }));
