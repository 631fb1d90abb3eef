/** Weights by themselves: out of a model by `--write-weights`, into a model by `--from`. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { encodeState, initialState } from "../../training/learning/checkpoint.ts";
import { decodeSafetensors, encodeSafetensors, type NamedTensor } from "../../training/learning/safetensors.ts";
import { floatsOf } from "../../training/learning/start.ts";
import { initialParameters, unitFilters } from "../../training/network/parameters.ts";
import { readWeightsFile, weightsFor } from "../../training/run/weights-file.ts";
import { readModel } from "../../wasm-model/model/onnx/reader.ts";
import { writeModel } from "../../wasm-model/model/onnx/writer.ts";
import { parametersOf } from "../../wasm-model/network/count.ts";
import { sha256Hex } from "../../wasm-model/schema/bytes.ts";
import { refused, run, succeeded, words } from "../support/command-line.ts";
import { temporaryFolder } from "../support/files.ts";
import { COLOURED, randomModel, randomModelFile, TINY, withFinishers } from "../support/random-model.ts";
import { writeTinyDataset } from "../support/tiny-dataset.ts";

const folder = temporaryFolder("weights");
const inFolder = (name: string): string => join(folder, name);
const [source, written] = [inFolder("model-fp32.onnx"), inFolder("x.safetensors")];
const model = withFinishers(randomModel(COLOURED, 4, "fp32"), 5, "matte");
const QUICK = ["--backend", "wasm"];

const tensorsIn = (path: string) => decodeSafetensors(readFileSync(path));

/** A file of the tensors in `x.safetensors` after an edit. */
function edited(name: string, edit: (tensors: Map<string, NamedTensor>) => void): string {
  const tensors = new Map(tensorsIn(written).tensors);
  edit(tensors);
  writeFileSync(inFolder(name), encodeSafetensors({ tensors, metadata: {} }));
  return inFolder(name);
}

beforeAll(async () => {
  writeFileSync(source, writeModel(model));
  await succeeded(run("export", words`${source} --write-weights ${written}`));
});

describe("export --write-weights", () => {
  it("names them by their paths, with the shapes that a checkpoint has, and what else the network needs", () => {
    const { tensors, metadata } = tensorsIn(written);
    const checkpoint = encodeState(parametersOf(COLOURED), initialState(COLOURED, initialParameters(COLOURED, "s"))).tensors;
    for (const [path, { shape, values }] of tensors) {
      expect(checkpoint.get(`average/${path}`)!.shape).toEqual(shape);
      expect(values).toEqual(model.weights.floats.get(path));
    }
    expect(tensors.size).toBe(model.weights.floats.size);
    expect(metadata).toEqual({ sigmaData: "0.5", bound: "1.5" });
  });

  it("takes an int8 model", async () => {
    const [from, to] = [inFolder("int8.onnx"), inFolder("int8.safetensors")];
    writeFileSync(from, randomModelFile(TINY, 4, "int8"));
    await succeeded(run("export", words`${from} --write-weights ${to}`));
    const expected = floatsOf(readModel(readFileSync(from)).weights);
    expect(new Map([...tensorsIn(to).tensors].map(([path, { values }]) => [path, values]))).toEqual(expected);
  });

  it("takes the base by its name", async () => {
    await succeeded(run("export", words`base --write-weights ${inFolder("base.safetensors")}`));
    expect(tensorsIn(inFolder("base.safetensors")).metadata.sigmaData).toBe("0.6");
  });

  it("is for that alone, and one of it and --out is needed", async () => {
    expect(await refused(run("export", words`${source} --write-weights ${written} --out ${folder}`))).toContain("cannot be used with");
    expect(await refused(run("export", [source]))).toBe(
      "`export` needs --out, a folder for the model, or --write-weights, a file for its weights\n",
    );
  });

  it("replaces a file by --force alone", async () => {
    const kept = inFolder("kept.safetensors");
    writeFileSync(kept, "precious");
    const write = (...flags: string[]) => run("export", [...words`${source} --write-weights ${kept}`, ...flags]);
    expect(await refused(write())).toBe(`\`${kept}\` is there already (1 of 1 files): --force replaces it\n`);
    expect(readFileSync(kept, "utf8")).toBe("precious");
    await succeeded(write("--force"));
    expect(readFileSync(kept)).toEqual(readFileSync(written));
  });
});

describe("export --from", () => {
  it("makes the norms of filters good, and keeps the card and the matte", async () => {
    const scaled = edited("scaled.safetensors", (tensors) => {
      for (const [path, { shape, values }] of tensors) tensors.set(path, { shape, values: values.map((value) => value * 1.001) });
    });
    const out = inFolder("scaled");
    await succeeded(run("export", [...words`${source} --from ${scaled} --out ${out}`, ...QUICK]));
    const { card, weights, matte } = readModel(readFileSync(join(out, "model-fp32.onnx")));
    const { training, ...others } = model.card;
    const by = { name: "scaled.safetensors", images: 0, sha256: sha256Hex(readFileSync(scaled)) };
    expect({ card, matte }).toEqual({ card: { ...others, cutOut: true, training: { ...training, images: 0, by } }, matte: model.matte });
    const factor = (path: string): number => (parametersOf(COLOURED).get(path)!.shape.length >= 2 ? 1 : 1.001);
    for (const [path, values] of model.weights.floats)
      values.forEach((value, i) => void expect(weights.floats.get(path)![i], path).toBeCloseTo(value * factor(path), 5));
  });

  it("fits the extrapolation to the contrast of the pictures anew, and says what trained the weights", async () => {
    const [from, trained, out] = [inFolder("contrast.onnx"), inFolder("trained.safetensors"), inFolder("contrast")];
    const { sampling, ...card } = model.card;
    writeFileSync(from, writeModel({ ...model, card: { ...card, contrast: 60, sampling: { ...sampling, extrapolation: 1.01 } } }));
    const { tensors, metadata } = tensorsIn(written);
    writeFileSync(trained, encodeSafetensors({ tensors, metadata: { ...metadata, by: "PyTorch", images: "640" } }));
    await succeeded(run("export", [...words`${from} --from ${trained} --out ${out}`, ...QUICK]));
    const { training, ...fitted } = readModel(readFileSync(join(out, "model.onnx"))).card;
    expect(fitted.sampling.extrapolation).toBeGreaterThanOrEqual(1.3); // the least that is chosen
    const by = { name: "PyTorch", images: 640, sha256: sha256Hex(readFileSync(trained)) };
    expect(training).toEqual({ ...card.training, images: 640, by });
    expect(readFileSync(join(out, "README.md"), "utf8")).toContain(
      `| trained by | PyTorch, whose file of weights has the SHA-256 \`${by.sha256}\` |`,
    );
  });

  it("takes the averaged weights of a checkpoint, whatever else it holds", async () => {
    const weights = initialParameters(COLOURED, "weights");
    const state = { ...initialState(COLOURED, weights), average: initialParameters(COLOURED, "average") };
    const [checkpoint, out] = [inFolder("checkpoint.best.safetensors"), inFolder("from-checkpoint")];
    writeFileSync(checkpoint, encodeSafetensors(encodeState(parametersOf(COLOURED), state)));
    await succeeded(run("export", [...words`${source} --from ${checkpoint} --out ${out} --force`, ...QUICK]));
    const { floats } = readModel(readFileSync(join(out, "model-fp32.onnx"))).weights;
    expect(floats.get("in")).toEqual(unitFilters(parametersOf(COLOURED), state.average).get("in"));
  });

  it("takes the card of an int8 model, and its matte as floats", async () => {
    const [int8, out] = [inFolder("cut-out.onnx"), inFolder("from-int8")];
    const given = withFinishers(randomModel(COLOURED, 4, "int8"), 5, "matte");
    writeFileSync(int8, writeModel(given));
    await succeeded(run("export", [...words`${int8} --from ${written} --out ${out}`, ...QUICK]));
    const { weights, matte } = readModel(readFileSync(join(out, "model-fp32.onnx")));
    expect(weights.floats.get("out.gain")).toEqual(model.weights.floats.get("out.gain"));
    expect(matte!.floats).toEqual(floatsOf(given.matte!));
  });

  it.each([
    [
      "what is missing and what is of another shape",
      () =>
        edited("unfit.safetensors", (tensors) => {
          tensors.delete("enc.0.0.conv1");
          tensors.set("out.gain", { shape: [2], values: Float32Array.of(1, 1) });
          tensors.set("emb.class", { shape: [16, 2], values: new Float32Array(32) });
        }),
      /^Expected the weights of a network for `from` but received ".*unfit.safetensors": its tensor `emb.class` has the shape \[16, 2\] and not \[16, 3\]; it lacks the tensor `enc.0.0.conv1`; its tensor `out.gain` has the shape \[2\] and not \[\]$/,
    ],
    [
      "a value that no training gives",
      () => edited("absurd.safetensors", (tensors) => void tensors.set("out.gain", { shape: [], values: Float32Array.of(Number.NaN) })),
      /^The file .*absurd.safetensors is of no use: `out.gain` among its weights has the value NaN, which no training gives$/,
    ],
    [
      "a tensor of another type",
      () => {
        const bytes = readFileSync(written);
        bytes[bytes.indexOf('"F32"') + 1] = "B".charCodeAt(0);
        writeFileSync(inFolder("type.safetensors"), bytes);
        return inFolder("type.safetensors");
      },
      /^Expected the weights of a network for `from` but received ".*": Expected F32 for the tensor `fourier.frequencies` but received B32$/,
    ],
    [
      "codes where floats are needed",
      () => {
        const bytes = encodeSafetensors({ tensors: new Map([["out.gain", { shape: [1], values: Int8Array.of(1) }]]), metadata: {} });
        writeFileSync(inFolder("codes.safetensors"), bytes);
        return inFolder("codes.safetensors");
      },
      /: Expected F32 for the tensor `out.gain` but received I8$/,
    ],
    [
      "weights of another program",
      () => inFolder("x.pt"),
      /^Expected .* but received ".*x.pt": weights are taken as .safetensors, which `save_file\(weights, "x.safetensors"\)` of Python's safetensors.torch or safetensors.numpy writes$/,
    ],
    ["a file of another format", () => source, /^Expected the weights of a network for `from` but received ".*onnx": /],
    [
      "a file that is missing",
      () => inFolder("no.safetensors"),
      /^Expected the weights of a network for `from` but .*: there is no such file$/,
    ],
  ] as [string, () => string, RegExp][])("names %s", (_, file, message) => {
    expect(() => weightsFor(parametersOf(COLOURED), readWeightsFile(file()))).toThrow(message);
  });

  it("takes a number in an array for itself", () => {
    const boxed = edited("boxed.safetensors", (tensors) => void tensors.set("out.gain", { shape: [1], values: Float32Array.of(3) }));
    expect(weightsFor(parametersOf(COLOURED), readWeightsFile(boxed)).get("out.gain")).toEqual(Float32Array.of(3));
  });

  it("names another scale than the model's", async () => {
    const { tensors } = tensorsIn(written);
    writeFileSync(inFolder("scale.safetensors"), encodeSafetensors({ tensors, metadata: { sigmaData: "0.7", bound: "1.5" } }));
    const message = await refused(run("export", words`${source} --from ${inFolder("scale.safetensors")} --out ${inFolder("none")}`));
    expect(message).toContain("its `sigmaData` is 0.7, and that of the model 0.5");
  });

  it("is refused in one line, before anything is written", async () => {
    const message = await refused(run("export", words`${source} --from ${source} --out ${inFolder("none")}`));
    expect(message).toMatch(/^Expected the weights of a network for `from` but received ".*onnx": .*\n$/);
  });

  it("is named where a model's file has other weights than those that were written", async () => {
    const { buffer } = model.weights.floats.get("emb.noise")!;
    const changed = Buffer.from(writeModel(model));
    changed[changed.indexOf(new Uint8Array(buffer, 0, 64))] ^= 1;
    writeFileSync(inFolder("changed.onnx"), changed);
    const message = await refused(run("export", words`${inFolder("changed.onnx")} --out ${inFolder("none")}`));
    expect(message).toContain(
      "changed since it was written: take the file as it was, and put changed weights into it by `npx anneal export",
    );
  });
});

it("train --from says how weights alone become a model to start from", async () => {
  const data = writeTinyDataset(inFolder("data"));
  const from = inFolder("x.safetensors");
  expect(await refused(run("train", words`--data ${data} --from ${from} --out ${inFolder("run")}`))).toBe(
    `Expected \`base\`, \`none\` or a model for \`from\` but received "${from}", which has weights alone: \`npx anneal export base --from ${from} --out models/start\` makes a model of them (instead of \`base\`, the model that they are of)\n`,
  );
});
