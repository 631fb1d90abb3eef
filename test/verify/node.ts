/** In Node, bundled: reads tasks from its input, each a line with the model's file, and prints the hashes of each. */
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { builds } from "../../wasm-model/engine/simd.ts";
import { draw, type Task } from "./task.ts";

for await (const line of createInterface(process.stdin)) {
  const { file, build } = JSON.parse(line) as Task & { readonly file: string };
  console.log(JSON.stringify(await draw(readFileSync(file), builds, build)));
}
