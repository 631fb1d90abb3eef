/**
 * A folder of as many classes as a model may have, from training to an image: what shows each class elsewhere shows
 * some of them.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decode } from "fast-png";
import { afterAll, expect, it } from "vitest";
import { run } from "../support/command-line.ts";
import { writeFolder } from "../support/files.ts";
import { BLUE, halves, RED } from "../training/data/made-up.ts";

const folder = mkdtempSync(join(tmpdir(), "anneal-many-classes-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("trains on 10 000 classes, exports the model and draws one of the last classes", async () => {
  const images = await Promise.all([RED, BLUE].map((colour) => halves(16, 16, colour, [0, 200, 0]).png().toBuffer()));
  const data = writeFolder(
    join(folder, "many"),
    Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`class-${i}/1.png`, images[i % 2]])),
  );
  const [out, exported, png] = [join(folder, "runs", "many"), join(folder, "model"), join(folder, "one.png")];
  const flags = ["--size", "16", "--network", "s32", "--images", "8", "--batch", "8", "--backend", "wasm"];
  const trained = await run("train", ["--data", data, "--out", out, ...flags]);
  expect(trained.code, trained.stderr).toBe(0);
  expect(decode(readFileSync(join(out, "samples", "000001.png")))).toMatchObject({ width: 8 * 16, height: 16 * 16 });

  const { code, stderr } = await run("export", [out, "--out", exported, "--calibration-images", "1", "--backend", "wasm", "--force"]);
  expect(code, stderr).toBe(0);
  const page = readFileSync(join(exported, "README.md"), "utf8");
  expect(page).toContain("Draws 16x16 images of 10000 classes, among them: class-0, ");
  expect(page.length).toBeLessThan(10_000);

  const drawn = await run("sample", [join(exported, "model.onnx"), "--class", "class-9999", "--out", png]);
  expect(drawn.code, drawn.stderr).toBe(0);
  expect(decode(readFileSync(png))).toMatchObject({ width: 16, height: 16 });
});
