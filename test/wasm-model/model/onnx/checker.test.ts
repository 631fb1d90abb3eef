/** What ONNX itself says of the files that are written. */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { onnxPython } from "../../../setup/machine.ts";
import { temporaryFolder } from "../../../support/files.ts";
import { DEEP, randomModelFile, TINY, UNCONDITIONAL } from "../../../support/random-model.ts";

const CHECK = `
import json, sys, onnx
for path in sys.argv[1:]:
  model = onnx.load(path)
  onnx.checker.check_model(model, full_check=True)
  assert {node.domain for node in model.graph.node} == {""}
  onnx.save(model, path + ".saved")
  values = [*model.graph.input, *model.graph.output]
  print(json.dumps([[v.name, *(d.dim_param or d.dim_value for d in v.type.tensor_type.shape.dim)] for v in values]))
`;

const THREE_LEVELS = DEEP["32x32, three levels"];
const python = await onnxPython();
const folder = temporaryFolder("onnx");

const shipped = (name: string): Uint8Array => readFileSync(new URL(`../../../../wasm-model/models/fashion-mnist/${name}`, import.meta.url));

it.skipIf(python === undefined)("the ONNX checker accepts each kind of file, full check, and saves it as the same bytes", () => {
  const files = [
    { file: randomModelFile(TINY, 3, "fp32"), size: 8, classes: 3, channels: 1 },
    { file: randomModelFile(TINY, 3, "int8"), size: 8, classes: 3, channels: 1 },
    { file: randomModelFile(UNCONDITIONAL, 3, "int8"), size: 8, classes: 1, channels: 1 },
    { file: randomModelFile(THREE_LEVELS, 3, "int8"), size: 32, classes: 3, channels: 3 },
    { file: shipped("model-fp32.onnx"), size: 28, classes: 10, channels: 1 },
    { file: shipped("model.onnx"), size: 28, classes: 10, channels: 1 },
  ];
  const paths = files.map(({ file }, i) => {
    const path = join(folder, `${i}.onnx`);
    writeFileSync(path, file);
    return path;
  });
  const printed = execFileSync(python as string, ["-c", CHECK, ...paths], { encoding: "utf8" });
  const signatures = files.map(({ size, classes, channels }) => [
    ["x", "N", channels, size, size],
    ["sigma", "N"],
    ["class", "N", classes],
    ["denoised", "N", channels, size, size],
  ]);
  expect(
    printed
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line)),
  ).toEqual(signatures);
  for (const [i, path] of paths.entries()) expect(Buffer.compare(readFileSync(`${path}.saved`), files[i].file), path).toBe(0);
});
