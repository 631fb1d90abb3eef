/** `npx anneal export` as its users call it: another file of a model that exists. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { decode } from "fast-png";
import { beforeAll, describe, expect, it } from "vitest";
import { contrastOf } from "../../training/measure/looks.ts";
import { readModel } from "../../wasm-model/model/onnx/reader.ts";
import { type ModelContents, writeModel } from "../../wasm-model/model/onnx/writer.ts";
import { refused, run, succeeded, words } from "../support/command-line.ts";
import { temporaryFolder } from "../support/files.ts";
import { randomModel, TINY, withFinishers } from "../support/random-model.ts";

const folder = temporaryFolder("export");
const inFolder = (name: string): string => join(folder, name);
const SOURCE = inFolder("source.onnx");
const fp32 = randomModel(TINY, 4, "fp32");

beforeAll(() => writeFileSync(SOURCE, writeModel(fp32)));

const runExport = (...args: string[]) => run("export", [...args, "--backend", "wasm"]);
const readFrom = (out: string, name: string): ModelContents => readModel(readFileSync(join(out, name)));

describe("npx anneal export", () => {
  it("writes the files of an fp32 model with another name and number of steps, which draws both halves alike, and a page", async () => {
    const out = inFolder("out/deep");
    const { stdout, stderr } = await succeeded(runExport(SOURCE, "--out", out, "--name", "garments", "--steps", "3", "--mirrored"));
    expect(stderr).toBe("");
    expect(readdirSync(out).sort()).toEqual(["README.md", "model-fp32.onnx", "model.onnx", "samples.png"]);
    const card = { ...fp32.card, name: "garments", mirrored: true, sampling: { ...fp32.card.sampling, steps: 3 } };
    const written = readFrom(out, "model-fp32.onnx");
    expect(JSON.stringify(written.card)).toBe(JSON.stringify(card)); // each field in its place, as a run writes it
    expect(written.weights).toEqual(fp32.weights);
    const int8 = readFrom(out, "model.onnx");
    expect(int8.card).toEqual(card);
    expect(int8.weights.convolutions.get("out")?.weights).toBeInstanceOf(Int8Array);
    expect(stdout).toMatch(/^0\.1 MMAC per evaluation, 3 evaluations per image; rounding changes D by 0\.\d+$/m);
    const page = readFileSync(join(out, "README.md"), "utf8");
    expect(page).toContain("npx anneal export source.onnx --out deep --name garments --steps 3 --mirrored --backend wasm");
    expect(page).not.toContain("How its images are");
    const sheet = decode(readFileSync(join(out, "samples.png")));
    expect(sheet).toMatchObject({ width: 8 * TINY.width, height: 3 * TINY.height });
    for (let at = 0; at < sheet.data.length; at += TINY.width) {
      const row = [...sheet.data.subarray(at, at + TINY.width)];
      expect(row).toEqual(row.toReversed());
    }
  });

  it("writes a model's own enlarger into both files, in integers and as it is", async () => {
    const [source, out] = [inFolder("own.onnx"), inFolder("own")];
    const model = withFinishers(fp32, 5, "enlarger");
    writeFileSync(source, writeModel(model));
    await succeeded(runExport(source, "--out", out));
    expect(readFrom(out, "model-fp32.onnx").enlarger).toEqual(model.enlarger);
    expect(readFrom(out, "model.onnx").enlarger!.convolutions.size).toBe(9);
  });

  it("fits the extrapolation again to other steps, where the card says the contrast of the training images", async () => {
    const source = inFolder("contrast.onnx");
    const drawn = decode(readFileSync(join(inFolder("out/deep"), "samples.png")));
    const wanted = contrastOf(drawn.data as Uint8Array, drawn.data.length);
    writeFileSync(
      source,
      writeModel({ ...fp32, card: { ...fp32.card, contrast: wanted, sampling: { ...fp32.card.sampling, extrapolation: 1.01 } } }),
    );
    await succeeded(runExport(source, "--out", inFolder("fitted"), "--steps", "3"));
    const { contrast, sampling } = readFrom(inFolder("fitted"), "model.onnx").card;
    expect(contrast).toBe(wanted);
    expect(sampling.extrapolation).toBeGreaterThanOrEqual(1.3); // the least that is chosen
  });

  it("writes only to a new or empty folder; by force over a model, and never over other files alone", async () => {
    const [out, own] = [inFolder("project"), inFolder("own")];
    mkdirSync(out);
    writeFileSync(join(out, "model.onnx"), "mine");
    expect(await refused(runExport(SOURCE, "--out", out, "--force"))).toMatch(
      /^Expected a new or empty folder for `out` but received ".*project", which holds other files\n$/,
    );
    expect(readFileSync(join(out, "model.onnx"), "utf8")).toBe("mine");
    expect(await refused(runExport(SOURCE, "--out", own))).toMatch(/which holds a model: --force replaces it\n$/);
    await succeeded(runExport(SOURCE, "--out", own, "--force"));
    expect(readFrom(own, "model.onnx").enlarger).toBeUndefined();
  });

  it("refuses a network that rounding damages, and writes nothing", async () => {
    const gainOf = (path: string, values: Float32Array): Float32Array =>
      path.endsWith(".gain") ? Float32Array.of(path === "out.gain" ? 3 : 1) : values;
    const floats = new Map([...fp32.weights.floats].map(([path, values]) => [path, gainOf(path, values)])); // images far outside the data range
    const { bound: _, ...spec } = fp32.card.spec; // with one, even these are quantized well
    writeFileSync(inFolder("wild.onnx"), writeModel({ card: { ...fp32.card, spec }, weights: { ...fp32.weights, floats } }));
    expect(await refused(runExport(inFolder("wild.onnx"), "--out", inFolder("wild")))).toMatch(
      /^Expected an int8 network within 0\.15 of the fp32 one \(.*\) but received one \d+\.\d\d away: nothing written\n$/,
    );
    expect(existsSync(inFolder("wild"))).toBe(false);
  });

  it.each([
    [
      "an int8 file",
      () => words`${inFolder("int8.onnx")} --out ${inFolder("x")}`,
      /^Expected an fp32 model for `model` but received .*, which is quantized: /,
    ],
    [
      "no model",
      () => words`${inFolder("none")} --out ${inFolder("x")}`,
      /^Expected a model file for `model` but received .*: there is no such file\n$/,
    ],
    ["an output folder that is a file", () => [SOURCE, "--out", SOURCE], /^`out` cannot be written: .*source.onnx is not a folder\n$/],
  ] as [string, () => string[], RegExp][])("answers %s with one clear line and exit code 2", async (_, args, message) => {
    writeFileSync(inFolder("int8.onnx"), writeModel(randomModel(TINY, 4, "int8")));
    expect(await refused(runExport(...args()))).toMatch(message);
    expect(readdirSync(folder)).not.toContain("x");
  });
});
