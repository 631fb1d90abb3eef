/** Builds the package's command line, dist/training: plain JavaScript with a chunk for each verb. */
import { rm } from "node:fs/promises";
import { resolve } from "node:path";
import { buildBeside } from "../wasm-model/build/beside.ts";
import { RANGES } from "./cli/verbs.ts";

const OUT = resolve(import.meta.dirname, "../dist/training");

await rm(OUT, { recursive: true, force: true });
await buildBeside("training", {
  entryPoints: ["anneal.ts", "run/second-thread-program.ts"].map((file) => resolve(import.meta.dirname, file)),
  external: Object.keys(RANGES),
  entryNames: "[name]",
  splitting: true,
  platform: "node",
  target: "node20",
  banner: { js: 'import { createRequire as requireFrom } from "node:module"; const require = requireFrom(import.meta.url);' }, // for CommonJS packages
});
