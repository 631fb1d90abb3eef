import { expect, it } from "vitest";
import { decodeModel, type GraphProto } from "../../../../wasm-model/model/onnx/file.ts";
import { type ModelContents, writeHalfModel, writeModel } from "../../../../wasm-model/model/onnx/writer.ts";
import { parametersOf } from "../../../../wasm-model/network/count.ts";
import { DEEP, randomModel, TINY, UNCONDITIONAL, withTraining } from "../../../support/random-model.ts";

const graphOf = (file: Uint8Array): GraphProto => decodeModel(file).graph as GraphProto;

it.each([
  ["fp32", "fp32", writeModel],
  ["int8", "int8", writeModel],
  ["half", "fp32", (model: ModelContents) => writeHalfModel(withTraining(model))],
] as const)("names each node after a parameter's path, once: %s", (_, form, write) => {
  for (const spec of [TINY, UNCONDITIONAL, ...Object.values(DEEP)]) {
    const graph = graphOf(write(randomModel(spec, 1, form)));
    const names = graph.node.map(({ name }) => name);
    expect(new Set([...names, ...graph.initializer.map(({ name }) => name)]).size).toBe(names.length + graph.initializer.length);
    const paths = [...parametersOf(spec).keys()];
    expect(names.filter((name) => !paths.some((path) => name.startsWith(`${path}.`)))).toEqual(["denoised"]);
  }
});
