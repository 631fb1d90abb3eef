/** `anneal verify`: draws the golden images of the package's models, and compares their SHA-256 with the released ones. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { relaxedSimd } from "wasm-feature-detect";
import { engineRuntime } from "../wasm-model/engine/runtime.ts";
import { builds } from "../wasm-model/engine/simd.ts";
import { loadModel } from "../wasm-model/index.ts";
import { newVerb, runCommandLine } from "./cli/command-line.ts";
import { packagedModel, readModelFile } from "./cli/model-files.ts";
import { differences, type Golden, hashesOf } from "./verify/hashes.ts";

/** Released models have it. */
const HASHES = "sha256.json";

await runCommandLine(async () => {
  newVerb("verify")
    .description(
      "Checks that this machine draws exactly the released images, byte for byte: 24 of every model in the package, with each build of the engine.",
    )
    .parse(process.argv);
  const models = dirname(dirname(packagedModel()));
  const names = readdirSync(models, { withFileTypes: true }).filter(({ name }) => existsSync(join(models, name, HASHES)));
  for (const { name } of names) {
    const golden = JSON.parse(readFileSync(join(models, name, HASHES), "utf8")) as Golden;
    const file = readModelFile(join(models, name));
    for (const build of (await relaxedSimd()) ? (["plain", "relaxed"] as const) : (["plain"] as const)) {
      const model = await loadModel(file, { runtime: engineRuntime({ plain: builds[build], relaxed: builds[build] }) });
      const different = differences(golden.images, await hashesOf(model));
      const images = Object.keys(golden.images).length;
      const list = different.length > 0 ? `, not ${different.join(", ")}` : "";
      console.log(`${name}, ${build} SIMD: ${images - different.length} of ${images} images as released${list}`);
      if (different.length > 0) process.exitCode = 1;
    }
  }
});
