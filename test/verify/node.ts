/** In Node, bundled: prints the hashes of its tasks. */
import { readFileSync } from "node:fs";
import { builds } from "../../wasm-model/engine/simd.ts";
import { drawAll } from "./task.ts";

console.log(JSON.stringify(await drawAll(builds, (file) => readFileSync(file))));
