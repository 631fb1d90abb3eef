/**
 * `anneal verify`: draws the reference images of the package's models on this machine, and compares their SHA-256 with
 * the released ones.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { relaxedSimd } from "wasm-feature-detect";
import { loadModel } from "../wasm-model/index.ts";
import { MODEL_FILE } from "../wasm-model/model/model.ts";
import { engineRuntime } from "../wasm-model/runtime/engine.ts";
import { builds } from "../wasm-model/runtime/simd.ts";
import { newVerb, numberIn, printJson, runCommandLine, withJson } from "./cli/command-line.ts";
import { packagedModel, readModelFile } from "./cli/model-files.ts";
import { compareWith, type Released } from "./verify/hashes.ts";

/** Images drawn per batch; the bytes do not depend on it. */
const BATCHES = [1, 16];

/** The most differences that a line names. */
const NAMED = 5;

await runCommandLine(async () => {
  const { images: most, json } = withJson(newVerb("verify"))
    .description(
      "Checks that this machine draws exactly the released images, byte for byte: with every model in the package and each build of the engine, one by one and in batches.",
    )
    .option("--images <n>", "the first n images of each sampler only", numberIn("images", 1, 1000))
    .parse(process.argv)
    .opts<{ images?: number; json: boolean }>();
  const models = dirname(dirname(packagedModel()));
  const names = readdirSync(models, { withFileTypes: true }).filter(({ name }) => existsSync(join(models, name, MODEL_FILE)));
  const results = [];
  for (const { name } of names) {
    const released = JSON.parse(readFileSync(join(models, name, "sha256.json"), "utf8")) as Released;
    const file = readModelFile(join(models, name));
    for (const build of (await relaxedSimd()) ? (["plain", "relaxed"] as const) : (["plain"] as const)) {
      const model = await loadModel(file, { runtime: engineRuntime({ plain: builds[build], relaxed: builds[build] }) });
      for (const batch of BATCHES) {
        const { images, different } = await compareWith(released, model, batch, most);
        const list = different.length > 0 ? `: ${different.slice(0, NAMED).join(", ")}${different.length > NAMED ? ", ..." : ""}` : "";
        console.log(`${name}, ${build} SIMD, ${batch} at a time: ${images - different.length} of ${images} images as released${list}`);
        results.push({ model: name, build, batch, images, different });
      }
    }
  }
  printJson({ json }, results);
  if (results.some(({ different }) => different.length > 0)) process.exitCode = 1;
});
