/** In Node, bundled: `node node.mjs <folder of a model> <task>` prints the hashes. */
import { readModelFiles } from "../../training/commands/model-files.ts";
import { builds } from "../../wasm-model/runtime/simd.ts";
import { draw, type Task } from "./draw.ts";

const [path, task] = process.argv.slice(2);
console.log(JSON.stringify(await draw(readModelFiles(path), builds, JSON.parse(task) as Task)));
