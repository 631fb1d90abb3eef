/**
 * A second thread that computes half of each batch's gradient with the WASM backend, which has one thread in Node. It has a
 * network of its own; weights and gradients are sent.
 */
import { once } from "node:events";
import { availableParallelism } from "node:os";
import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import type { NetworkSpec } from "../../wasm-model/network/spec.ts";
import type { Backend } from "../backend/step.ts";
import type { TrainingState } from "../learning/checkpoint.ts";
import { type Gradient, type GradientOf, transferable } from "../learning/gradient.ts";
import type { TrainingSettings } from "../learning/settings.ts";
import { constantsOf } from "../learning/trainer.ts";
import type { Guidance } from "../network/loss.ts";
import type { Parameters as Values } from "../network/parameters.ts";

/** What the thread's network is made of. */
export interface SecondNetwork {
  readonly spec: NetworkSpec;
  readonly constants: Values;
  readonly guidance: Guidance;
  readonly pretrained: Values | undefined;
}

/** It takes seconds to start, so shorter runs have none; their weights are the same. */
const WORTH_STEPS = 50;

/** A thread for the steps after this state, if it makes them faster. It takes one request at a time. */
export function secondThread(
  { name }: Pick<Backend, "name">,
  { spec, recipe, steps }: Pick<TrainingSettings, "spec" | "recipe" | "steps">,
  state: TrainingState,
  pretrained?: Values,
): { readonly gradientOf: GradientOf; stop(): Promise<number> } | undefined {
  if (name !== "wasm" || steps - state.step < WORTH_STEPS || availableParallelism() < 2) return undefined;
  const file = extname(import.meta.filename) === ".ts" ? "second-thread-program.ts" : "second-thread-program.js";
  const network: SecondNetwork = { spec, constants: constantsOf(state), guidance: recipe.guidance, pretrained };
  const thread = new Worker(new URL(file, import.meta.url), { workerData: network });
  return {
    gradientOf: async (unit, batch, mode) => {
      thread.postMessage(...transferable([unit, batch, mode]));
      const [gradient] = (await once(thread, "message")) as [Gradient]; // or throws what the thread threw
      return gradient;
    },
    stop: () => thread.terminate(),
  };
}
