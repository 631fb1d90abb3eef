/** `npm run lab -- effects`. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decode } from "fast-png";
import { afterAll, expect, it } from "vitest";
import { loadModel, sample } from "../../../wasm-model/index.ts";
import { simd } from "../../../wasm-model/runtime/simd.ts";
import { runLab } from "../../support/command-line.ts";
import { randomModelFile, TINY } from "../../support/random-model.ts";

const folder = mkdtempSync(join(tmpdir(), "anneal-effects-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const file = randomModelFile(TINY, 5, "int8");
const model = join(folder, "model.onnx");
const out = join(folder, "out.png");
writeFileSync(model, file);

it("draws a row for each value and a column for each seed, each image as `sample` draws it", async () => {
  const args = ["--option", "guidance", "--values", "0, 1, 3", "--columns", "2", "--seed", "7"];
  const { code, stdout, stderr } = await runLab("effects", [model, ...args, "--out", out]);
  expect(code, stderr).toBe(0);
  expect(stdout).toBe(`wrote ${out}
`);
  const { width, height, data } = decode(readFileSync(out));
  expect([width, height]).toEqual([16, 24]);
  const { pixels } = await sample(await loadModel(file, { runtime: simd }), { seed: "7/1", guidance: 3 });
  for (const [i, byte] of pixels.entries()) expect(data[(16 + Math.floor(i / 8)) * 16 + 8 + (i % 8)]).toBe(byte);
});

it.each([
  [
    ["--option", "seed", "--values", "1"],
    /^option '--option <name>' argument 'seed' is invalid. Allowed choices are steps, sampler, .*\n$/,
  ],
  [["--option", "guidance", "--values", "1,11"], /^Expected a number from 0 to 10 for `guidance` but received 11\n$/],
])("refuses %j", async (args, message) => {
  const { code, stderr } = await runLab("effects", [model, ...args, "--out", out]);
  expect(stderr).toMatch(message);
  expect(code).toBe(2);
});
