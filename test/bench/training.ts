/**
 * `npm run bench -- training`: steps of the network and batches of `train`, in colour at 32x32, on the native and the wasm backend, drawing of
 * the batches included. Random images: the speed does not depend on them. `train` has two threads with WASM and here it has one, so CPU times compare.
 */
import { chooseBackend } from "../../training/backend/index.ts";
import type { BackendName } from "../../training/backend/step.ts";
import { newCommand } from "../../training/cli/command-line.ts";
import { UserError } from "../../training/cli/user-error.ts";
import { trainingBatches } from "../../training/learning/batches.ts";
import { initialState } from "../../training/learning/checkpoint.ts";
import { BATCH, NETWORK } from "../../training/learning/defaults.ts";
import { RECIPE } from "../../training/learning/recipe.ts";
import { Trainer } from "../../training/learning/trainer.ts";
import { initialParameters } from "../../training/network/parameters.ts";
import { memorySplit } from "../../training/network/split.ts";
import { macsOf } from "../../wasm-model/network/count.ts";
import { ACTIVATION_BOUND, NETWORKS, type NetworkSpec } from "../../wasm-model/network/spec.ts";
import { machine } from "./measure.ts";

newCommand("bench training").description("Times training steps on the native and the wasm backend.").parse(process.argv);

const SECONDS = 10;
const WARM_UP_STEPS = 3;
const LEARNING_RATE = 1e-4;

const spec: NetworkSpec = {
  height: 32,
  width: 32,
  channels: 3,
  classes: 10,
  sigmaData: 0.7,
  bound: ACTIVATION_BOUND,
  ...NETWORKS[NETWORK],
};

console.log(`${machine()}; ${NETWORK}, ${(macsOf(spec) / 1e6).toFixed(1)} MMAC, batch ${BATCH}`);
for (const name of ["native", "wasm"] as const) {
  try {
    console.log(`${name.padEnd(8)} ${await benchBackend(name)}`);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    console.log(`${name.padEnd(8)} ${error.message}`);
  }
}

/** CPU time of a step, images a second, and what the backend is, in words. */
async function benchBackend(name: BackendName): Promise<string> {
  const backend = await chooseBackend(name);
  const count = 10 * BATCH;
  const images = Uint8Array.from({ length: count * spec.height * spec.width * spec.channels }, (_, i) => (i * 167) % 256);
  const labels = Uint8Array.from({ length: count }, (_, i) => i % spec.classes);
  const batchAt = trainingBatches(memorySplit(images, labels), spec.classes, BATCH, RECIPE, "bench", { spec });
  const trainer = new Trainer(backend, { spec, recipe: RECIPE }, initialState(spec, initialParameters(spec, "bench")));

  const step = (): Promise<number> => trainer.advance(batchAt(trainer.step + 1), LEARNING_RATE);
  for (let i = 0; i < WARM_UP_STEPS; i++) await step();
  const start = performance.now();
  const before = process.cpuUsage();
  let steps = 0;
  while (performance.now() - start < SECONDS * 1000) {
    await step();
    steps += 1;
  }
  const { user, system } = process.cpuUsage(before);
  const imagesPerSecond = (steps * BATCH * 1000) / (performance.now() - start);
  trainer.dispose();
  const cpu = (user + system) / 1000 / steps;
  return `${cpu.toFixed(0).padStart(6)} ms of CPU a step  ${imagesPerSecond.toFixed(0).padStart(6)} images/s  ${backend.describe}`;
}
