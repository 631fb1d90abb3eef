/**
 * The same bytes everywhere: in workerd, what the Worker serves and what either build draws have the hashes of the golden
 * images. (Other places: test/e2e/golden.test.ts.)
 */
import { expect, it } from "vitest";
import { hashesOf } from "../../training/verify/hashes.ts";
import { loadModel } from "../../wasm-model/index.ts";
import { images } from "../../wasm-model/models/avatars/sha256.json";
import { engineRuntime } from "../../wasm-model/runtime/engine-runtime.ts";
import { builds } from "../../wasm-model/runtime/simd.workerd.ts";
import { sha256Hex } from "../../wasm-model/sampling/sha256.ts";
import { AVATARS } from "./service.ts";
import { ask } from "./worker.ts";

it("serves the golden images", async () => {
  const served: Record<string, string> = {};
  for (const query of Object.keys(images)) served[query] = sha256Hex(new Uint8Array(await (await ask(`/sample?${query}`)).arrayBuffer()));
  expect(served).toEqual(Object.fromEntries(Object.entries(images).map(([query, { png }]) => [query, png])));
});

it("draws them with the plain build, too", async () => {
  const model = await loadModel(AVATARS, { runtime: engineRuntime({ relaxed: builds.plain, plain: builds.plain }) });
  expect(await hashesOf(model)).toEqual(images);
});
