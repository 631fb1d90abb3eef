/** What a place does (places.ts): the hashes of a model's golden images by one build of the engine. */
import { type Builds, engineRuntime } from "../../wasm-model/engine/runtime.ts";
import { loadModel } from "../../wasm-model/index.ts";
import { type Hashes, hashesOf } from "../golden/hashes.ts";

export interface Task {
  readonly model: string;
  readonly build: keyof Builds;
}

/** `builds`: those of this place. */
export async function draw(file: Uint8Array, builds: Builds, build: Task["build"]): Promise<Hashes> {
  return hashesOf(await loadModel(file, { runtime: engineRuntime({ plain: builds[build], relaxed: builds[build] }) }));
}
