/** In Node, bundled: reads tasks from its input, a line each, and prints the hashes of each. */
import { createInterface } from "node:readline";
import { readModelFile } from "../../training/cli/model-files.ts";
import { builds } from "../../wasm-model/runtime/simd.ts";
import { draw, type Task } from "./task.ts";

/** The folder of all models. */
const models = process.argv[2];

for await (const line of createInterface(process.stdin)) {
  const task = JSON.parse(line) as Task;
  console.log(JSON.stringify(await draw(readModelFile(`${models}/${task.model}`), builds, task.build)));
}
