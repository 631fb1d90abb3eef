/** A model's page is its record, rendered. */
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { UserError } from "../../../training/cli/user-error.ts";
import { readme } from "../../../training/record/page.ts";
import { type Figures, type ModelRecord, measuredImages, readRecord, recordJson } from "../../../training/record/record.ts";
import { meanFigures } from "../../../training/record/tables.ts";
import { readModel } from "../../../wasm-model/model/onnx/reader.ts";
import { randomModel, TINY } from "../../support/random-model.ts";

const MODELS = resolve(import.meta.dirname, "../../../wasm-model/models");

const { card } = randomModel(TINY, 1, "fp32");
const bare: ModelRecord = {
  commands: ["npx anneal export a --out b"],
  export: { psnr: 40, maxError: 1e-6, bytes: { "model.onnx": 12345 } },
  ...{ quality: [], effects: [], notes: [] },
};

describe.each(["fashion-mnist", "mnist", "avatars", "cifar10"])("the page of %s", (name) => {
  const folder = join(MODELS, name);
  const page = readFileSync(join(folder, "README.md"), "utf8");
  const model = readModel(readFileSync(join(folder, "model.onnx")));

  it("is what record.json renders: `npx anneal card` writes it anew", () => {
    expect(readme(model.card, readRecord(folder))).toBe(page);
  });

  it("has figures of quality by its judging classifier, with those of the tuning one beside them", () => {
    const { quality } = readRecord(folder);
    expect(quality.some(({ precision }) => precision === "int8")).toBe(true);
    for (const { images } of quality.filter((entry) => entry.images)) {
      expect([images?.reference.classifier, images?.tuning?.reference.classifier]).toEqual(["judging", "tuning"]);
    }
  });

  it("tells the sizes of the files as they are, and shows images that are there", () => {
    const record = readRecord(folder);
    for (const [file, bytes] of Object.entries(record.export.bytes)) expect(readFileSync(join(folder, file)).length).toBe(bytes);
    const shown = [...page.matchAll(/!\[[^\]]*\]\((.*?)\)/g)].map(([, image]) => image);
    expect(shown).toEqual(expect.arrayContaining(["samples.png", ...(record.training ? ["loss.svg"] : []), ...measuredImages(record)]));
    for (const image of shown) expect(readFileSync(join(folder, image)).length).toBeGreaterThan(0);
  });
});

it.each([
  ["fashion-mnist", 4, 7],
  ["mnist", 4, 7],
])("the page of %s compares the samplers in two tables, not in a list of settings", (name, levels, evaluations) => {
  const page = readFileSync(join(MODELS, name, "README.md"), "utf8");
  expect(page.split("\n")).toContain("| FID at NFE | 4 | 6 | 8 | 10 | 20 |");
  expect(page.split(`\n| heun | ${levels} noise levels from 20 to 0.07 (rho 5.5) | ${evaluations} |`)).toHaveLength(2);
  expect(page.split("\n").length).toBeLessThan(190);
});

describe("a page", () => {
  it("holds no more than the record", () => {
    const page = readme(card, bare);
    expect(page.match(/^## .*/gm)).toEqual(["## How it was made", "## Files"]);
    expect(page).toContain("| `model.onnx` | 12,345 bytes |");
    expect(page).toContain("presentations of its training images");
  });

  it("says so if int8 equals fp32", () => {
    expect(readme(card, { ...bare, export: { ...bare.export, psnr: null } })).toContain(
      "| int8 against fp32 | no difference over all pixels ",
    );
  });

  it("is never rendered from a record that could not be read again", () => {
    expect(() => recordJson({ ...bare, export: { ...bare.export, maxError: Number.NaN } })).toThrow(
      "Expected a number for `export.maxError` of `record.json` but received null",
    );
  });

  it("has paragraphs by hand as they are: use and limits first, notes on how it was made beside its commands", () => {
    const page = readme(card, { ...bare, intendedUse: ["For *me*."], limits: ["Only | this."], notes: ["First *mine*.", "Then | this."] });
    expect(page.match(/^## .*/gm)).toEqual(["## Intended use", "## Limits", "## How it was made", "## Files"]);
    expect(page).toContain("\n\n## Intended use\n\nFor *me*.\n\n## Limits\n\nOnly | this.\n\n");
    expect(page).toContain("npx anneal export a --out b\n```\n\nFirst *mine*.\n\nThen | this.\n\n## Files\n");
  });

  it("has its hashes last", () => {
    expect(readme(card, { ...bare, origin: { run: "f00d", data: "da7a" } })).toMatch(/`f00d`; of its training images: `da7a`\.\n$/);
  });

  it("shows means of several sets of images with their standard errors, by either classifier", () => {
    const figures = (fid: number, accuracy: number): Figures => ({
      ...{ fid, classAccuracy: accuracy, precision: 0.5, recall: 0.5, inceptionScore: 8, nearestPixels: 7, nearestFeatures: 6 },
    });
    const sets = [
      { seed: "s", generated: figures(1, 0.9), tuning: figures(4, 0.8) },
      { seed: "s-2", generated: figures(1.2, 0.9), tuning: figures(4, 0.8) },
      { seed: "s-3", generated: figures(1.7, 0.9), tuning: figures(4, 0.8) },
    ];
    const of = (classifier: "judging" | "tuning") => ({ classifier, data: "x", trainingImages: 1000, testImages: 100, testAccuracy: 0.9 });
    const images = {
      ...{ settings: { sampler: "heun", steps: 4, evaluations: 4, sigmaMin: 0.05, sigmaMax: 20, rho: 7 } as const, count: 128, seed: "s" },
      ...{
        reference: of("judging"),
        generated: meanFigures(sets.map(({ generated }) => generated)),
        real: figures(0.5, 0.9),
      },
      ...{ accuracyByClass: [1, 1, 1], imagesByClass: [128, 128, 128], sets },
      tuning: { reference: of("tuning"), generated: meanFigures(sets.map(({ tuning }) => tuning)), real: figures(0.5, 0.9) },
    };
    const quality = { command: "npx anneal evaluate a --repeat 3", precision: "int8" as const, runtime: "simd", images, heldOut: [] };
    const page = readme(card, { ...bare, quality: [quality] });
    expect(page).toContain(
      "128 images of the seeds `s/0` to `s/127`, and as many of `s-2/0`, ... and of `s-3/0`, ..., classes as often as in the training set; means and standard errors of the 3 sets.",
    );
    // Deviations from the mean of 1.3: -0.3, -0.1, 0.4, so sqrt(0.26 / (3 * 2)) = 0.208.
    expect(page).toContain("| FID | 1.3000 ± 0.2082 | 0.5000 | 4.0000 ± 0.0000 | 0.5000 |");
    expect(page).toContain("| class accuracy | 90.0 % ± 0.0 % | 90.0 % |");
    expect(page).toContain("|  | int8, judging | real, judging | int8, tuning | real, tuning |");
    const fp32 = {
      ...quality,
      precision: "fp32" as const,
      images: { ...images, reference: of("tuning"), tuning: undefined, sets: undefined },
    };
    expect(readme(card, { ...bare, quality: [quality, fp32] })).toContain(
      "|  | int8, judging | real, judging | int8, tuning | fp32, tuning | real, tuning |",
    );
    const one = { ...images, sets: undefined };
    expect(readme(card, { ...bare, quality: [{ ...quality, images: one }] })).toContain("| FID | 1.3000 | 0.5000 | 4.0000 | 0.5000 |");
  });
});

it("a folder without a record has no page to render", () => {
  expect(() => readRecord(import.meta.dirname)).toThrow(UserError);
  expect(() => readRecord(import.meta.dirname)).toThrow(/^Expected the record.json of an export in `.*` but ENOENT/);
});
