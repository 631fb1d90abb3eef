/** In Node, bundled: `node node.mjs <model.onnx> <task>` prints the hashes. */
import { readFileSync } from "node:fs";
import { builds } from "../../wasm-model/runtime/simd.ts";
import { draw, type Task } from "./draw.ts";

const [path, task] = process.argv.slice(2);
console.log(JSON.stringify(await draw(new Uint8Array(readFileSync(path)), builds, JSON.parse(task) as Task)));
