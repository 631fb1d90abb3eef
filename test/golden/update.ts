/** `npm run golden`: draws the images anew with the shipped model and keeps their hashes. For a new model, and for nothing else. */
import { writeFile } from "node:fs/promises";
import { simd } from "../../wasm-model/runtime/simd.ts";
import { drawAll, sha256Hex } from "./draw.ts";
import { GOLDEN_FILE, type Golden, readGolden, shippedModel } from "./golden.ts";

const file = await shippedModel();
const golden: Golden = { model: sha256Hex(file), images: await drawAll(file, simd) };
const before = await readGolden().catch((): Golden => ({ model: "", images: {} }));
await writeFile(GOLDEN_FILE, `${JSON.stringify(golden, null, 2)}\n`);

const queries = Object.keys(golden.images);
const changed = queries.filter((query) => golden.images[query] !== before.images[query]);
console.log(
  `${queries.length} images, ${changed.length} of them new or changed; the model is ${golden.model === before.model ? "the same" : "another"}`,
);
