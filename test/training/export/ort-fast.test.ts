/** The form for onnxruntime: its graph, and that it draws what the model draws. */
import * as ort from "onnxruntime-web/wasm";
import { describe, expect, it } from "vitest";
import { calibrate } from "../../../training/export/calibrate.ts";
import { openOrtFast, writeOrtFast } from "../../../training/export/ort-fast.ts";
import { imagePsnr } from "../../../training/export/verify.ts";
import { ModelError } from "../../../wasm-model/model/model-error.ts";
import { decodeModel, type GraphProto, type NodeProto } from "../../../wasm-model/model/onnx/file.ts";
import { readModel } from "../../../wasm-model/model/onnx/reader.ts";
import { writeModel } from "../../../wasm-model/model/onnx/writer.ts";
import { quantizedPathsOf } from "../../../wasm-model/network/count.ts";
import { onnxruntime } from "../../../wasm-model/runtime/onnxruntime.ts";
import { randomModel, TINY } from "../../support/random-model.ts";

const PATHS = quantizedPathsOf(TINY);
const fp32 = randomModel(TINY, 5, "fp32");
const int8 = randomModel(TINY, 5, "int8");
const graphOf = (file: Uint8Array): GraphProto => decodeModel(file).graph as GraphProto;

describe("writeOrtFast", () => {
  const file = writeOrtFast(int8, new Map(PATHS.map((path) => [path, [-5, 250]])));
  const graph = graphOf(file);
  const readers = (value: string): NodeProto[] => graph.node.filter(({ input }) => input.includes(value));

  it.each(PATHS)("writes at `%s` through QuantizeLinear -> DequantizeLinear, codes 0..255, and nobody reads past them", (path) => {
    const parameters = [`${path}.output.scale`, `${path}.output.zeroPoint`];
    const [quantize, ...others] = readers(`${path}.output`);
    expect(others).toEqual([]);
    expect(quantize).toMatchObject({ op_type: "QuantizeLinear", input: [`${path}.output`, ...parameters] });
    expect(readers(quantize.output[0])).toEqual([
      expect.objectContaining({ op_type: "DequantizeLinear", input: [quantize.output[0], ...parameters] }),
    ]);
    const [scale, zeroPoint] = parameters.map((name) => graph.initializer.find((one) => one.name === name)?.raw_data?.slice());
    expect(new Float32Array((scale as Uint8Array<ArrayBuffer>).buffer)).toEqual(Float32Array.of(1));
    expect(zeroPoint).toEqual(Uint8Array.of(5));
  });

  it("changes nothing else", () => {
    const before = graphOf(writeModel(int8));
    expect(graph.node).toHaveLength(before.node.length + 2 * PATHS.length);
    const names = new Set(before.node.map(({ name }) => name));
    const kept = graph.node.filter(({ name }) => names.has(name));
    expect(kept.map(({ input, ...node }) => ({ ...node, input: input.map((name) => name.replace("output.values", "output")) }))).toEqual(
      before.node,
    );
    expect(graph.initializer.slice(0, before.initializer.length)).toEqual(before.initializer);
  });

  it("is no file that this library's runtimes take", () => {
    expect(() => readModel(file)).toThrow(ModelError);
    expect(() => readModel(file)).toThrow("Expected no parameter `");
  });

  it("wants a range for each convolution", () => {
    expect(() => writeOrtFast(int8, new Map())).toThrow(/^Expected an entry for the convolution `.*` but received none$/);
  });
});

describe("openOrtFast", () => {
  it("runs a file whose images are close to those of fp32 but not the same", async () => {
    const exact = await onnxruntime({ ort }).load(writeModel(fp32));
    const { outputs } = await calibrate(fp32, { imagesPerClass: 1 });
    const ortFast = await openOrtFast(ort, writeOrtFast(int8, outputs), TINY);
    const psnr = await imagePsnr(fp32.card, exact, ortFast, 30);
    expect(psnr).toBeGreaterThan(20);
    expect(psnr).toBeLessThan(60);
    await ortFast.dispose();
  });
});
