/**
 * `npm run golden`: draws the images anew with the shipped model and keeps their hashes. For a new model, for new
 * queries, and where RENDER_VERSION says that the bytes have changed; it refuses to keep other bytes under the same
 * permanent URLs, and tells of how many images the pixels themselves have changed.
 */
import { writeFile } from "node:fs/promises";
import { RENDER_VERSION } from "../../wasm-model/model/model.ts";
import { simd } from "../../wasm-model/runtime/simd.ts";
import { sha256Hex } from "../../wasm-model/sampling/sha256.ts";
import { updateReleased } from "../verify/release.ts";
import { drawAll, type Hash } from "./draw.ts";
import { GOLDEN_FILE, type Golden, readGolden, shippedModel } from "./golden.ts";

const file = shippedModel();
const golden: Golden = { model: sha256Hex(file), renderVersion: RENDER_VERSION, images: await drawAll(file, simd) };
const before = await readGolden().catch((): Golden => ({ model: "", renderVersion: 0, images: {} }));

const queries = Object.keys(golden.images);
const changedIn = (part: keyof Hash): string[] => queries.filter((query) => golden.images[query][part] !== before.images[query]?.[part]);
const changed = changedIn("png");
const sameModel = golden.model === before.model;
const old = changed.find((query) => query in before.images);
if (sameModel && golden.renderVersion === before.renderVersion && old !== undefined) {
  console.error(
    `Expected another RENDER_VERSION (wasm-model/model/model.ts), for ?${old} has other bytes, but received ${RENDER_VERSION} as before`,
  );
  process.exit(1);
}
await writeFile(GOLDEN_FILE, `${JSON.stringify(golden, null, 2)}\n`);
console.log(
  `${queries.length} images, ${changed.length} of them new or changed (${changedIn("pixels").length} in their pixels); the model is ${sameModel ? "the same" : "another"}`,
);
const released = await updateReleased();
if (released.length > 0) console.log(`released hashes made anew (anneal verify): ${released.join(", ")}`);
