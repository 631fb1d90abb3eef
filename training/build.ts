/** Builds the package's command line, dist/training: JavaScript that any Node runs, with a chunk for each verb. */
import { cp, rm } from "node:fs/promises";
import { resolve } from "node:path";
import { buildBeside } from "../wasm-model/build-beside.ts";

const OUT = resolve(import.meta.dirname, "../dist/training");

await rm(OUT, { recursive: true, force: true });
await buildBeside("training", {
  entryPoints: [resolve(import.meta.dirname, "anneal.ts")],
  splitting: true,
  platform: "node",
  target: "node22",
  banner: { js: 'import { createRequire as requireFrom } from "node:module"; const require = requireFrom(import.meta.url);' }, // of CommonJS packages
});
/** Of data that only this repository has. */
const isOurs = (path: string): boolean => path.endsWith("cifar10-jpeg.safetensors");
await cp(resolve(import.meta.dirname, "evaluate/classifiers"), resolve(OUT, "classifiers"), {
  recursive: true,
  filter: (path) => !isOurs(path),
});
