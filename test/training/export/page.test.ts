/** A model's page is its record, rendered. */
import { describe, expect, it } from "vitest";
import { pageOf } from "../../../training/export/page.ts";
import type { ModelRecord } from "../../../training/export/record.ts";
import { randomModel, TINY } from "../../support/random-model.ts";

describe("a page", () => {
  const { card } = randomModel(TINY, 1, "fp32");
  const bare: ModelRecord = {
    commands: ["npx anneal export a --out b"],
    export: { psnr: null, bytes: { "model.onnx": 12345 } },
    ...{ hashes: {}, figures: [], intendedUse: [], limits: [], notes: [] },
  };

  it("holds no more than the record", () => {
    const page = pageOf(card, bare);
    expect(page.match(/^## .*/gm)).toEqual(["## How it was made", "## Files"]);
    expect(page).toContain("| `model.onnx` | 12,345 bytes |");
    expect(page).toContain("| int8 against fp32 | no difference over all pixels ");
  });

  it.each([
    [undefined, "from random weights"],
    [{ name: "base", images: 2_840_000 }, "from the weights of base, which had seen 2,840,000"],
  ])("says how many images the run has seen, from %j", (from, start) => {
    const page = pageOf({ ...card, training: { ...card.training, images: 15_250, ...(from && { from }) } }, bare);
    expect(page).toContain(`| training | 15,250 images with repetition, ${start}; seed `);
  });
});
