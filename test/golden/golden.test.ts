/** The golden images in this Node. In other places: `npm run verify`. */
import { describe, expect, it } from "vitest";
import { builds } from "../../wasm-model/engine/simd.ts";
import { RENDER_VERSION } from "../../wasm-model/model/model.ts";
import { headIn } from "../../wasm-model/model/onnx/reader.ts";
import { optionsOf as takenBy } from "../../wasm-model/request/options.ts";
import { SAMPLERS } from "../../wasm-model/sampling/settings.ts";
import { sha256Hex } from "../../wasm-model/schema/bytes.ts";
import { draw } from "../verify/task.ts";
import { GOLDEN_NAMES, readGolden, shippedModel } from "./golden.ts";
import { optionsOf, queriesOf } from "./hashes.ts";

describe.each(GOLDEN_NAMES)("the golden images of %s", (name) => {
  const { images, ...golden } = readGolden(name);
  const file = shippedModel(name);
  const card = headIn(file).card;

  it("belong to the model (else: npm run golden)", () => {
    expect(golden).toEqual({ model: sha256Hex(file), renderVersion: RENDER_VERSION });
    expect(Object.keys(images)).toEqual(queriesOf(card));
    expect(queriesOf(card)).toHaveLength(24);
  });

  it("use every option and every sampler", () => {
    const options = queriesOf(card).map(optionsOf);
    const used = new Set(options.flatMap((given) => Object.keys(given)));
    const isGrey = card.spec.channels === 1;
    const without = { frames: true, background: !isGrey && !card.cutOut, foreground: !isGrey, palette: !card.palette, sampler: true };
    const expected = takenBy("sample").filter((option) => !without[option as keyof typeof without]);
    expect(expected.filter((option) => !used.has(option))).toEqual([]);
    const samplers = new Set(options.map(({ sampler = card.sampling.sampler }) => sampler));
    expect(samplers).toEqual(new Set(SAMPLERS));
  });
});

describe.each(["plain", "relaxed"] as const)("by the %s build of the engine, as released", (build) => {
  it.each(GOLDEN_NAMES)("%s", { timeout: 600_000 }, async (name) => {
    expect(await draw(shippedModel(name), builds, build)).toEqual(readGolden(name).images);
  });
});
