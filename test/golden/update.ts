/**
 * `npm run golden`: draws the golden images of every model anew and keeps their hashes. For a new model, for new
 * queries, and where RENDER_VERSION says that the bytes have changed; it refuses to keep other bytes under the same
 * permanent URLs, and tells of how many images the pixels themselves have changed.
 */
import { writeFileSync } from "node:fs";
import { simd } from "../../wasm-model/engine/simd.ts";
import { loadModel } from "../../wasm-model/index.ts";
import { RENDER_VERSION } from "../../wasm-model/model/model.ts";
import { sha256Hex } from "../../wasm-model/schema/bytes.ts";
import { GOLDEN_NAMES, goldenFile, readGolden, shippedModel } from "./golden.ts";
import { type Golden, hashesOf } from "./hashes.ts";

function before(name: string): Golden {
  try {
    return readGolden(name);
  } catch {
    return { model: "", renderVersion: 0, images: {} };
  }
}

for (const name of GOLDEN_NAMES) {
  const file = shippedModel(name);
  const images = await hashesOf(await loadModel(file, { runtime: simd }));
  const golden: Golden = { model: sha256Hex(file), renderVersion: RENDER_VERSION, images };
  const old = before(name);
  const queries = Object.keys(images);
  const changedIn = (part: "png" | "pixels") => queries.filter((query) => images[query][part] !== old.images[query]?.[part]);
  const changed = changedIn("png");
  const sameModel = golden.model === old.model;
  const broken = changed.find((query) => query in old.images);
  if (sameModel && golden.renderVersion === old.renderVersion && broken !== undefined) {
    console.error(
      `Expected another RENDER_VERSION (wasm-model/model/model.ts), for ?${broken} of ${name} has other bytes, but received ${RENDER_VERSION} as before`,
    );
    process.exit(1);
  }
  writeFileSync(goldenFile(name), `${JSON.stringify(golden, null, 2)}\n`);
  const pixels = changedIn("pixels").length;
  const model = sameModel ? "the same" : "another";
  console.log(`${name}: ${changed.length} of ${queries.length} images new or changed (${pixels} in their pixels); the model is ${model}`);
}
