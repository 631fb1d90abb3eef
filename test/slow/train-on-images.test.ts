/** `npx anneal train` on a folder of images, as its user meets it. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decode } from "fast-png";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run, words } from "../support/command-line.ts";
import { writeFolder } from "../support/files.ts";
import { writeTinyDataset } from "../support/tiny-dataset.ts";
import { BLUE, halves, RED } from "../training/data/made-up.ts";

const root = mkdtempSync(join(tmpdir(), "anneal-on-images-"));
const data = join(root, "My Pets!");
beforeAll(async () => {
  const files: Record<string, Uint8Array> = { "notes.txt": Buffer.from("x") };
  for (let i = 0; i < 24; i++) {
    const image = halves(40 + (i % 2), 30, i < 12 ? RED : BLUE, [i, 9 * i, 200]);
    files[`${i < 12 ? "cat" : "dog"}/${i}.${i % 2 ? "jpg" : "png"}`] = await (i % 2 ? image.jpeg() : image.png()).toBuffer();
  }
  files["dog/again.png"] = files["dog/12.png"];
  writeFolder(data, files);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const train = (...flags: string[]) => run("train", flags);
const SMALL = ["--network", "s32", "--batch", "8", "--images", "8", "--backend", "wasm"];

describe("--dry-run", () => {
  it("describes and shows what was found, and writes only the image", async () => {
    const out = join(root, "dry", "pets");
    const { code, stdout, stderr } = await train(
      ...words`--data ${data} --out ${out} --dry-run --size 24x16 --crop contain --background f00`,
      ...SMALL,
    );
    expect(code, stderr).toBe(0);
    expect(stdout).toContain(`data: ${data}, 23 training and 2 held-out images, mean `);
    expect(stdout).toContain("  cat: 11\n  dog: 12\nimages: 24x16, RGB\n");
    expect(stdout).toMatch(/^duplicates: [01] training images equal an earlier one; [01] held-out images equal a training image$/m);
    expect(stdout).toContain("sizes of the 25 images: 40x30 (13), 41x30 (12)\n");
    expect(stdout).toContain('note: skipped 1 of 26 files: 1 not named like an image ("notes.txt")\n');
    expect(stdout).toContain("note: images of 2 sizes become 24x16: most common 40x30, none enlarged\n");
    expect(stdout).toContain("note: only 23 training images: the network will memorize them\n");
    expect(stdout).toMatch(/"pictures": \{\s+"width": 24,\s+"height": 16,\s+"crop": "contain",\s+"background": "ff0000"\s+\}/);
    expect(stdout).toContain('"name": "my-pets"');
    expect(stdout).toContain(`contact sheet: ${out}-data.png\n`);
    expect(readdirSync(join(root, "dry")).sort()).toEqual(["pets-data.png"]);
    // Two classes, a row of 16 each: neither has more.
    expect(decode(readFileSync(`${out}-data.png`))).toMatchObject({ width: 16 * 24, height: 2 * 16, channels: 3 });
  });

  it("shows grey images in the size of their set", async () => {
    const out = join(root, "grey-run");
    const { code, stderr } = await train("--data", writeTinyDataset(join(root, "grey")), "--out", out, "--dry-run", ...SMALL);
    expect(code, stderr).toBe(0);
    // Four classes of fifty images, four rows each.
    expect(decode(readFileSync(`${out}-data.png`))).toMatchObject({ width: 16 * 8, height: 16 * 8, channels: 1 });
  });
});

describe("a run", () => {
  const out = join(root, "runs", "pets");
  beforeAll(async () => {
    const { code, stderr, stdout } = await train("--data", data, "--out", out, "--name", "pets", "--size", "16", "--mirror", ...SMALL);
    expect(code, stderr).toBe(0);
    expect(stdout).toContain("note: only 23 training images");
  }, 240_000);

  it("records how its images were made", async () => {
    const config = JSON.parse(readFileSync(join(out, "config.json"), "utf8"));
    expect(config).toMatchObject({
      name: "pets",
      labels: ["cat", "dog"],
      mirror: true,
      pictures: { width: 16, height: 16, crop: "cover", background: "ffffff" },
      spec: { height: 16, width: 16, channels: 3, classes: 2 },
    });
    expect(readdirSync(join(root, "runs"))).toEqual(["pets"]);
  });

  it("continues with the same images", async () => {
    const { code, stderr } = await train("--out", out, "--resume", "--backend", "wasm");
    expect(code, stderr).toBe(0);
    const changed = await train("--out", out, "--resume", "--size", "32", "--mirror");
    expect(changed.stderr).toBe("Expected no `size`, `mirror` together with `resume`: the run keeps its own\n");
  });

  it("has its name and flags in the model's page", async () => {
    const { code, stderr } = await run("export", [out, "--out", join(root, "exported"), "--calibration-images", "1", "--force"]);
    expect(code, stderr).toBe(0);
    const page = readFileSync(join(root, "exported", "README.md"), "utf8");
    expect(page).toMatch(/^# pets$/m);
    expect(page).toContain(", fp32, 2 test images with their labels;");
    expect(page).toMatch(
      /^npx anneal train --data '.*My Pets!' --name pets .*--mirror --size 16x16 --crop cover --background ffffff --out \S+$/m,
    );
  });
});

describe("npx anneal evaluate", () => {
  it("prepares images as the model's card says, unless told otherwise", async () => {
    const evaluate = (...flags: string[]) =>
      run("evaluate", [
        ...words`${join(root, "exported", "model.onnx")} --data ${data} --cache ${join(root, "evaluated")} --count 128 --backend wasm`,
        ...flags,
      ]);
    const { code, stdout, stderr } = await evaluate();
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/^held-out loss of pets over the 2 test images of My Pets!$/m);
    expect((await evaluate("--size", "24")).stderr).toMatch(
      /^Expected data of 16 x 16 x 3 pixels and 2 classes, .* but received 24 x 24 x 3 pixels/,
    );
  });
});

describe("a user's mistake gets one line and exit code 2", () => {
  it.each<[string, string[], RegExp]>([
    [
      "a name that is no part of a URL",
      ["--name", "My Pets"],
      /^Expected at most 64 small letters, .* for `name` but received "My Pets"\n$/,
    ],
  ])("%s", async (_, flags, message) => {
    const out = join(root, "mistake");
    const { code, stdout, stderr } = await train("--data", data, "--out", out, ...flags);
    expect(stderr).toMatch(message);
    expect([code, stdout, existsSync(out)]).toEqual([2, "", false]);
  });

  it("neither a folder, a name nor images", async () => {
    expect(await train("--resume")).toMatchObject({
      code: 2,
      stderr: "Expected a folder for `out`, or a `name` for runs/{name}, but received nothing\n",
    });
  });
});
