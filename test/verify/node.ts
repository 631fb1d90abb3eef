/** In Node, bundled: reads tasks from its input, a line each, and prints the hashes of each. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { MODEL_FILE } from "../../wasm-model/model/model.ts";
import { builds } from "../../wasm-model/runtime/simd.ts";
import { draw, type Task } from "./task.ts";

/** The folder of all models. */
const models = process.argv[2];

for await (const line of createInterface(process.stdin)) {
  const task = JSON.parse(line) as Task;
  console.log(JSON.stringify(await draw(readFileSync(join(models, task.model, MODEL_FILE)), builds, task.build)));
}
