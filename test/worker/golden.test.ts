/**
 * The same bytes everywhere: in workerd, what the Worker serves and what either build draws have the kept hashes.
 * (Other places: test/e2e/golden.test.ts.)
 */
import { expect, it } from "vitest";
import { loadModel, sample } from "../../wasm-model/index.ts";
import { engineRuntime } from "../../wasm-model/runtime/engine.ts";
import { builds } from "../../wasm-model/runtime/simd.workerd.ts";
import { FIRST } from "../../worker/models/served.ts";
import { hashOf, sha256Hex } from "../golden/draw.ts";
import { optionsOf } from "../golden/queries.ts";
import { images } from "../golden/sha256.json";
import { ask } from "./worker.ts";

const queries = Object.keys(images);

it("serves the golden images", async () => {
  const served: Record<string, string> = {};
  for (const query of queries) served[query] = sha256Hex(new Uint8Array(await (await ask(`/sample?${query}`)).arrayBuffer()));
  expect(served).toEqual(Object.fromEntries(queries.map((query) => [query, images[query as keyof typeof images].png])));
});

it.each(["relaxed", "plain"] as const)("draws them with the %s build", async (name) => {
  const model = await loadModel(FIRST, { runtime: engineRuntime({ relaxed: builds[name], plain: builds[name] }) });
  for (const query of queries.filter((_, i) => i % 8 === 0)) {
    expect(hashOf(await sample(model, optionsOf(query))), query).toEqual(images[query as keyof typeof images]);
  }
});
