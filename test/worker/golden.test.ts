/**
 * The same bytes everywhere: in workerd, what the Worker serves and what either build draws have the hashes of the golden
 * images. (Other places: test/e2e/golden.test.ts.)
 */
import { expect, it } from "vitest";
import { builds } from "../../wasm-model/engine/simd.workerd.ts";
import { images } from "../../wasm-model/models/avatars/sha256.json";
import { sha256Hex } from "../../wasm-model/schema/bytes.ts";
import fixture from "../golden/cut-outs/model.onnx";
import own from "../golden/cut-outs/sha256.json";
import { draw } from "../verify/task.ts";
import { AVATARS } from "./service/service.ts";
import { ask } from "./worker.ts";

it("serves the golden images", async () => {
  const served: Record<string, string> = {};
  for (const query of Object.keys(images)) served[query] = sha256Hex(new Uint8Array(await (await ask(`/sample?${query}`)).arrayBuffer()));
  expect(served).toEqual(Object.fromEntries(Object.entries(images).map(([query, { png }]) => [query, png])));
});

it("draws them with the plain build, too", async () => {
  expect(await draw(AVATARS, builds, "plain")).toEqual(images);
});

it.each(["plain", "relaxed"] as const)("draws those of a model with an enlarger of its own: %s SIMD", async (build) => {
  expect(await draw(new Uint8Array(fixture), builds, build)).toEqual(own.images);
});
