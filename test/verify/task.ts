/** What a place does (places.ts): the hashes of models' golden images by one build of the engine. Runs in any JavaScript runtime. */
import { type Builds, engineRuntime } from "../../wasm-model/engine/runtime.ts";
import { loadModel } from "../../wasm-model/index.ts";
import { type Hashes, hashesOf } from "../golden/hashes.ts";

export interface Task {
  /** The address of a model's file, or its path. */
  readonly file: string;
  readonly build: keyof Builds;
}

declare global {
  /** In what is bundled for a place. */
  const TASKS: readonly Task[];
}

/** `builds`: those of this place. */
export async function draw(file: Uint8Array, builds: Builds, build: Task["build"]): Promise<Hashes> {
  return hashesOf(await loadModel(file, { runtime: engineRuntime({ plain: builds[build], relaxed: builds[build] }) }));
}

/** The hashes of each task. */
export async function drawAll(builds: Builds, read: (file: string) => Uint8Array | Promise<Uint8Array>): Promise<Hashes[]> {
  const hashes: Hashes[] = [];
  for (const { file, build } of TASKS) hashes.push(await draw(await read(file), builds, build));
  return hashes;
}
