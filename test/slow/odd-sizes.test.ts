/**
 * Colour images of a size that no network takes, from data to images: padded on the way in, cropped on the way out.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decode } from "fast-png";
import { afterAll, expect, it } from "vitest";
import { readModel } from "../../wasm-model/model/onnx/reader.ts";
import { writeModel } from "../../wasm-model/model/onnx/writer.ts";
import { run } from "../support/command-line.ts";
import { randomModel, TINY } from "../support/random-model.ts";
import { writeImages } from "../support/tiny-dataset.ts";

const folder = mkdtempSync(join(tmpdir(), "anneal-odd-sizes-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const [COUNT, HEIGHT, WIDTH] = [20, 30, 22];
const CROP = { top: 1, left: 1, height: HEIGHT, width: WIDTH };

function writeColourDataset(): string {
  const size = HEIGHT * WIDTH * 3;
  const images = Array.from({ length: COUNT }, (_, i) => {
    return { label: i % 2, pixels: Array.from({ length: size }, (_, at) => ((i * size + at) * 37) % 256) };
  });
  return writeImages(
    join(folder, "data"),
    { width: WIDTH, height: HEIGHT, channels: 3 },
    { train: images.slice(2), test: images.slice(0, 2) },
  );
}

it("trains on 30 x 22 pixels in colour, and its model draws them", async () => {
  const data = writeColourDataset();
  const [out, exported, png] = [join(folder, "run"), join(folder, "model"), join(folder, "sample.png")];
  const dry = await run("train", ["--data", data, "--out", out, "--dry-run"]);
  expect(dry.stdout).toContain('"network": "s32x3"');
  expect(dry.stdout).toContain("network: 24x32 pixels, padded from 22x30, 40.8 MMAC per evaluation, 1.69 M parameters");

  // A network small enough for a test, which no name stands for.
  const small = join(folder, "small.onnx");
  const model = randomModel({ ...TINY, height: 32, width: 24, channels: 3, classes: 2 }, 5, "fp32");
  writeFileSync(small, writeModel({ ...model, card: { ...model.card, crop: CROP } }));
  const flags = ["--data", data, "--init", small, "--images", "4", "--batch", "4", "--backend", "wasm"];
  const trained = await run("train", ["--out", out, ...flags]);
  expect(trained.code, trained.stderr).toBe(0);
  expect(JSON.parse(readFileSync(join(out, "config.json"), "utf8"))).toMatchObject({ spec: { height: 32, width: 24 }, crop: CROP });
  expect(decode(readFileSync(join(out, "samples", "000001.png")))).toMatchObject({ width: 8 * WIDTH, height: 2 * HEIGHT, channels: 3 });
  const resumed = await run("train", ["--out", out, "--resume", "--backend", "wasm"]);
  expect(resumed.code, resumed.stderr).toBe(0);

  const { code, stderr } = await run("export", [out, "--out", exported, "--backend", "wasm"]);
  expect(code, stderr).toBe(0);
  const file = join(exported, "model.onnx");
  expect(readModel(readFileSync(file)).card).toMatchObject({ crop: CROP, spec: { height: 32, width: 24, channels: 3 } });
  expect(readFileSync(join(exported, "README.md"), "utf8")).toContain("Draws 22x30 images");

  const drawn = await run("sample", [file, "--out", png]);
  expect(drawn.code, drawn.stderr).toBe(0);
  expect(decode(readFileSync(png))).toMatchObject({ width: WIDTH, height: HEIGHT, channels: 3 });

  const evaluated = await run("evaluate", [file, "--data", data, "--cache", join(folder, "cache"), "--count", "128", "--backend", "wasm"]);
  expect(evaluated.code, evaluated.stderr).toBe(0);
  expect(evaluated.stdout).toMatch(/^loss( +\d+\.\d{4}){8}$/m);
});
