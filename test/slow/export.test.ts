/** `npx anneal export` as its users call it. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { decode } from "fast-png";
import { beforeAll, describe, expect, it } from "vitest";
import { initialState } from "../../training/learning/checkpoint.ts";
import { initialParameters } from "../../training/network/parameters.ts";
import { RunFolder } from "../../training/run/folder.ts";
import { readModel } from "../../wasm-model/model/onnx/reader.ts";
import { type ModelContents, writeModel } from "../../wasm-model/model/onnx/writer.ts";
import { refused, run, succeeded } from "../support/command-line.ts";
import { temporaryFolder } from "../support/files.ts";
import { withFinishers } from "../support/random-finisher.ts";
import { randomModel, TINY } from "../support/random-model.ts";
import { runConfig } from "../support/run-config.ts";

const folder = temporaryFolder("export");
const inFolder = (name: string): string => join(folder, name);
const SOURCE = inFolder("source.onnx");
const fp32 = randomModel(TINY, 4, "fp32");

/** The model.onnx of an earlier export. */
const earlier = writeModel(randomModel(TINY, 9, "int8"));

beforeAll(() => writeFileSync(SOURCE, writeModel(fp32)));

const QUICK = ["--calibration-images", "1", "--backend", "wasm"];

const runExport = (...args: string[]) => run("export", [...args, ...QUICK]);

const readFrom = (out: string, name: string): ModelContents => readModel(readFileSync(join(out, name)));

/** A run folder of random weights that has come to `step` of 10. */
function makeRun(name: string, step: number, hasReport = true): string {
  const config = runConfig({
    ...{ data: "/my data/fashion-mnist", dataLicence: "MIT", labels: ["Coat", "Bag", "Boot"], network: "m32" },
    ...{ images: 1000, batch: 100, steps: 10, source: { name: "base", images: 500 }, seed: "my seed", dataSha256: "da7a" },
    ...{ processors: ["Abacus (10 cores)"], command: "npx anneal train --data fashion-mnist" },
  });
  const run = inFolder(name);
  const weights = initialParameters(TINY, "s");
  const heldOut = [
    { sigma: 0.05, loss: 0.4 },
    { sigma: 20, loss: 0.5 },
  ];
  const folder = new RunFolder(run);
  folder.create(config, { state: { ...initialState(TINY, weights), step }, pretrained: weights });
  folder.writeLog([{ step: 5, loss: 0.9, learningRate: 0.01, imagesPerSecond: 0.1 }, ...(hasReport ? [{ step, heldOut }] : [])]);
  writeFileSync(join(run, "conclusion.json"), JSON.stringify({ sentences: ["It draws boots."], heldOut, over: "7 test images" }));
  return run;
}

describe("npx anneal export", () => {
  it("writes a model's own enlarger into both files, in integers and as it is", async () => {
    const [source, out] = [inFolder("own.onnx"), inFolder("own")];
    const model = withFinishers(fp32, 5, "enlarger");
    writeFileSync(source, writeModel(model));
    await succeeded(runExport(source, "--out", out));
    expect(readFrom(out, "model-fp32.onnx").enlarger).toEqual(model.enlarger);
    expect(readFrom(out, "model.onnx").enlarger!.convolutions.size).toBe(9);
  });

  it("writes the files of an fp32 model and reports their quality", async () => {
    const out = inFolder("out/deep");
    const { code, stdout, stderr } = await runExport(SOURCE, "--out", out, "--name", "garments", "--steps", "3");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(readdirSync(out).sort()).toEqual(["README.md", "model-fp32.onnx", "model.onnx", "record.json", "samples.png"]);

    const card = { ...fp32.card, name: "garments", sampling: { ...fp32.card.sampling, steps: 3 } };
    const written = readFrom(out, "model-fp32.onnx");
    expect({ card: written.card, weights: written.weights }).toEqual({ card, weights: fp32.weights });
    const int8 = readFrom(out, "model.onnx");
    expect(int8.card).toEqual(card);
    expect(int8.weights.convolutions.get("out")?.weights).toBeInstanceOf(Int8Array);

    expect(stdout).toMatch(/^model.onnx: \d\d\.\d dB against fp32/m);
    expect(stdout).toContain("0.1 MMAC per evaluation, 3 evaluations per image");
  });

  it("exports a finished run: averaged weights at unit norm, a card made from its configuration", async () => {
    const out = inFolder("from-run");
    const { code, stdout, stderr } = await runExport(makeRun("finished", 10), "--out", out);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("\nIt draws boots.\n");
    expect((await succeeded(runExport(inFolder("finished"), "--out", inFolder("steps"), "--steps", "3"))).stdout).not.toContain("boots"); // others
    expect(stdout).toContain(`\nto measure it: npx anneal evaluate ${join(out, "model.onnx")} --data '/my data/fashion-mnist'\n`);
    const { card, weights } = readFrom(out, "model-fp32.onnx");
    expect(card).toMatchObject({
      name: "fashion-mnist",
      labels: ["Coat", "Bag", "Boot"],
      training: {
        data: "fashion-mnist",
        dataLicence: "MIT",
        network: "m32",
        images: 1000,
        from: { name: "base", images: 500 },
        seed: "my seed",
      },
    });
    const page = readFileSync(join(out, "README.md"), "utf8");
    expect(page).toMatch(/checkpoint\.best\.safetensors: `[\da-f]{64}`\n\nSHA-256 of its images: `da7a`\n$/);
    expect(page).toContain("npx anneal train --data fashion-mnist\nnpx anneal export finished --out from-run");
    expect(page).toContain("\n\nTrained in 1 h 23 min on Abacus (10 cores).\n\n");
    expect(page).toContain("| loss at sigma | 0.05 | 20 |\n| --- | --- | --- |\n| fp32 | 0.400 | 0.500 |");
    expect(readFileSync(join(out, "loss.svg"), "utf8")).toMatch(/^<svg/);
    expect(decode(readFileSync(join(out, "samples.png")))).toMatchObject({ width: 8 * TINY.width, height: 3 * TINY.height });
    const filters = weights.floats.get("in") as Float32Array;
    expect(Math.hypot(...filters.subarray(0, filters.length / TINY.widths[0]))).toBeCloseTo(1, 5);
  });

  it("keeps notes written by hand, and measurements only while the files stay the same", async () => {
    const out = inFolder("noted");
    expect((await runExport(SOURCE, "--out", out)).code).toBe(0);
    const pictures = [{ file: "two.png", alt: "Two" }];
    const figure = { title: "Speed", commands: ["npm run bench"], tables: [], notes: [], pictures };
    const path = join(out, "record.json");
    writeFileSync(
      path,
      JSON.stringify({ ...JSON.parse(readFileSync(path, "utf8")), figures: [figure], limits: ["Small."], notes: ["Mine."] }),
    );
    writeFileSync(join(out, "two.png"), "an image");

    const same = await runExport(SOURCE, "--out", out);
    expect(same.stdout).not.toContain("left out");
    expect(readFileSync(join(out, "README.md"), "utf8")).toMatch(/!\[Two\]\(two.png\)[\s\S]*\n\nMine\.\n\n## Files/);

    const other = await runExport(SOURCE, "--out", out, "--steps", "3");
    expect(other.stdout).toContain("left out of the page: the figures of the replaced files; notes are kept\n");
    const page = readFileSync(join(out, "README.md"), "utf8");
    expect(page).toContain("\n\nMine.\n\n## Files\n");
    expect(page).toContain("## Limits\n\nSmall.\n");
    expect(page).not.toContain("two.png");
    expect(readdirSync(out)).not.toContain("two.png");
  }, 400_000);

  it("writes only to a new folder, an empty one or one with an earlier export", async () => {
    const out = inFolder("project");
    mkdirSync(out);
    for (const name of ["README.md", "loss.svg", "model.onnx"]) writeFileSync(join(out, name), "mine");
    expect(await refused(runExport(SOURCE, "--out", out))).toMatch(
      /^Expected a new or empty folder, or one of an earlier export, for `out` but received ".*project", which holds other files and no model.onnx of an export\n$/,
    );
    expect(readdirSync(out)).toEqual(["README.md", "loss.svg", "model.onnx"]);
    for (const name of readdirSync(out)) expect(readFileSync(join(out, name), "utf8")).toBe("mine");
  });

  it("refuses a bad int8 model, writing nothing, unless forced", async () => {
    const gainOf = (path: string, values: Float32Array): Float32Array =>
      path.endsWith(".gain") ? Float32Array.of(path === "out.gain" ? 3 : 1) : values;
    const floats = new Map([...fp32.weights.floats].map(([path, values]) => [path, gainOf(path, values)])); // images far outside the data range
    const source = inFolder("wild.onnx");
    const { bound: _, ...spec } = fp32.card.spec; // with one, even these are quantized well
    writeFileSync(source, writeModel({ card: { ...fp32.card, spec }, weights: { ...fp32.weights, floats } }));
    const out = inFolder("wild");
    mkdirSync(out);
    writeFileSync(join(out, "model.onnx"), earlier);
    expect(await refused(runExport(source, "--out", out))).toMatch(
      /^Images of `model.onnx` are at -?\d+\.\d dB against fp32, below 15: nothing written \(--force writes it\)\n$/,
    );
    expect(readdirSync(out)).toEqual(["model.onnx"]);
    expect(readFileSync(join(out, "model.onnx")).equals(earlier)).toBe(true);

    writeFileSync(join(out, "notes.txt"), "mine");
    expect((await runExport(source, "--out", out, "--force")).code).toBe(0);
    expect(readdirSync(out).sort()).toEqual(["README.md", "model-fp32.onnx", "model.onnx", "notes.txt", "record.json", "samples.png"]);
  });

  it.each([
    [
      "an unfinished run",
      () => [makeRun("unfinished", 9), "--out", inFolder("x")],
      /^The run in `.*` is not finished, but at step 9 of 10: finish it with `npx anneal train --out .* --resume`\n$/,
    ],
    [
      "a run that ended in its last report",
      () => [makeRun("unreported", 10, false), "--out", inFolder("x")],
      /^The run in `.*` is not finished, but at step 10 of 10, without its last held-out losses: finish it with /,
    ],
    [
      "an int8 file",
      () => [inFolder("int8.onnx"), "--out", inFolder("x")],
      /^Expected an fp32 model for `source` but received .*, which is quantized\n$/,
    ],
    ["an output folder that is a file", () => [SOURCE, "--out", SOURCE], /^`out` cannot be written: .*source.onnx is not a folder\n$/],
  ] as [string, () => string[], RegExp][])("answers %s with one clear line and exit code 2", async (_, args, message) => {
    writeFileSync(inFolder("int8.onnx"), writeModel(randomModel(TINY, 4, "int8")));
    expect(await refused(runExport(...args()))).toMatch(message);
    expect(readdirSync(folder)).not.toContain("x");
  });
});
