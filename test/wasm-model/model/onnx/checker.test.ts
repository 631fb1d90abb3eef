/** What ONNX itself says of the files that are written. */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { onnxPython } from "../../../setup/machine.ts";
import { temporaryFolder } from "../../../support/files.ts";
import { DEEP, randomModelFile, TINY, UNCONDITIONAL } from "../../../support/random-model.ts";

const CHECK = `
import sys, onnx
model = onnx.load(sys.argv[1])
onnx.checker.check_model(model, full_check=True)
assert {node.domain for node in model.graph.node} == {""}
onnx.save(model, sys.argv[2])
print([(v.name, [d.dim_param or d.dim_value for d in v.type.tensor_type.shape.dim]) for v in [*model.graph.input, *model.graph.output]])
`;

const THREE_LEVELS = DEEP["32x32, three levels"];
const python = await onnxPython();
const folder = temporaryFolder("onnx");

const shipped = (name: string): Uint8Array => readFileSync(new URL(`../../../../wasm-model/models/fashion-mnist/${name}`, import.meta.url));

describe.skipIf(python === undefined)("the ONNX checker", () => {
  it.each([
    ["random fp32", () => randomModelFile(TINY, 3, "fp32"), 8, 3, 1],
    ["random int8", () => randomModelFile(TINY, 3, "int8"), 8, 3, 1],
    ["random half", () => randomModelFile(TINY, 3, "half"), 8, 3, 1],
    ["unconditional int8", () => randomModelFile(UNCONDITIONAL, 3, "int8"), 8, 1, 1],
    ["three-level int8", () => randomModelFile(THREE_LEVELS, 3, "int8"), 32, 3, 3],
    ["shipped fp32", () => shipped("model-fp32.onnx"), 28, 10, 1],
    ["shipped int8", () => shipped("model.onnx"), 28, 10, 1],
  ] as const)("accepts a %s file, full check, and saves it as the same bytes", (_, make, size, classes, channels) => {
    const [path, saved] = [join(folder, "model.onnx"), join(folder, "saved.onnx")];
    const file = make();
    writeFileSync(path, file);
    const signature = execFileSync(python as string, ["-c", CHECK, path, saved], { encoding: "utf8" });
    expect(signature.trim()).toBe(
      `[('x', ['N', ${channels}, ${size}, ${size}]), ('sigma', ['N']), ('class', ['N', ${classes}]), ('denoised', ['N', ${channels}, ${size}, ${size}])]`,
    );
    expect(Buffer.compare(readFileSync(saved), file)).toBe(0);
  });
});
