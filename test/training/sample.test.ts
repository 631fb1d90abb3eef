/** `npx anneal sample`. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { decode } from "fast-png";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { mostInSheet } from "../../wasm-model/render/sheet.ts";
import { refused, run, succeeded } from "../support/command-line.ts";
import { temporaryFolder, writeFolder } from "../support/files.ts";
import { randomModelFile, TINY } from "../support/random-model.ts";

const folder = temporaryFolder("sample");

const write = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

const model = join(folder, "model.onnx");
writeFileSync(model, randomModelFile(TINY, 5, "int8"));

it("a cut-out is transparent in its file and on a sheet, which is indexed for pixel art", async () => {
  const cutOuts = join(import.meta.dirname, "../golden/cut-outs/model.onnx");
  const [drawn, sheet] = ["drawn.png", "cut-outs.png"].map((name) => join(folder, name));
  const { stdout } = await succeeded(run("sample", [cutOuts, "--seed", "a", "--steps", "1", "--out", drawn]));
  expect(stdout).toMatch(/^wrote .*drawn.png: seed a, .*32x32, langevin, 1 noise levels, 1 evaluations\n$/);
  const pixels = await sharp(drawn).ensureAlpha().raw().toBuffer();
  expect(new Set(pixels.filter((_, i) => i % 4 === 3))).toEqual(new Set([0, 255]));
  await succeeded(run("sample", [cutOuts, "--seed", "a", "--count", "4", "--steps", "2", "--out", sheet]));
  expect(readFileSync(sheet)[25]).toBe(3); // colour type: indexed
});

describe("npx anneal sample into a folder", () => {
  const names = write("names.txt", "Ada\n\n ada \na/b\n");
  const unknown = write("unknown.csv", "seed,class\nAda,\n\nBob,\nCid,dog\n");
  const long = write("long.txt", `Ada\n${"x".repeat(300)}\n`);
  const out = (name: string): string => join(folder, name);
  const drawInto = (out: string, ...args: string[]) => run("sample", [model, "--steps", "2", "--out", out, ...args]);

  /** Files below a folder, with slashes. */
  const filesIn = (out: string): string[] =>
    readdirSync(out, { recursive: true, withFileTypes: true })
      .flatMap((entry) => (entry.isFile() ? [relative(out, join(entry.parentPath, entry.name))] : []))
      .sort();

  it("writes a file for each name into a folder of its class, which is the name's image", async () => {
    const out = join(folder, "new/set");
    const { stdout } = await succeeded(drawInto(out, "--seeds", names));
    for (const file of filesIn(out)) expect(file).toMatch(/^Class \d\/(Ada|ada|ada-2|a-b)\.png$/);
    expect(filesIn(out)).toHaveLength(3);
    expect(stdout).toMatch(
      /^drawing: 3\/3, .*\nwrote 3 images to .*set: seeds Ada to a\/b, each 8x8, langevin, 2 noise levels, 2 evaluations\n$/,
    );
    const single = join(folder, "single.png");
    await succeeded(drawInto(single, "--seed", "a/b"));
    expect(readFileSync(join(out, filesIn(out).find((file) => file.endsWith("a-b.png"))!)).equals(readFileSync(single))).toBe(true);
  });

  it("writes a file for each number, keeps existing ones, and replaces them with --force", async () => {
    const out = join(folder, "numbered");
    writeFolder(out, { "Class 1/x-1.png": "precious" });
    const flags = ["--seed", "x", "--count", "3", "--class", "1"];
    expect(await refused(drawInto(out, ...flags))).toBe(
      `\`${join(out, "Class 1/x-1.png")}\` is there already (1 of 3 files): --force replaces it\n`,
    );
    expect(filesIn(out)).toEqual(["Class 1/x-1.png"]);
    await succeeded(drawInto(`${out}/`, ...flags, "--force"));
    expect(filesIn(out)).toEqual(["Class 1/x-0.png", "Class 1/x-1.png", "Class 1/x-2.png"]);
    expect(decode(readFileSync(join(out, "Class 1/x-1.png")))).toMatchObject({ width: 8, height: 8 });
  });

  it("writes them flat for a model of one class, whose folder needs no slash", async () => {
    const [out, single] = [join(folder, "drawn"), join(folder, "single.onnx")];
    writeFileSync(single, randomModelFile({ ...TINY, classes: 1 }, 5, "int8"));
    await succeeded(run("sample", [single, "--steps", "2", "--out", out, "--seed", "x", "--count", "2"]));
    expect(filesIn(out)).toEqual(["x-0.png", "x-1.png"]);
  });

  it("writes one sheet of all, with JSON that names them, by a CSV of seeds and classes", async () => {
    const [sheet, csv] = [join(folder, "assets/sheet.png"), write("list.csv", "seed,class\nAda,Class 2\nb,\nAda,0\n")];
    const { stdout } = await succeeded(run("sample", [model, "--steps", "2", "--out", sheet, "--seeds", csv]));
    expect(stdout).toMatch(/wrote 3 images to .*sheet\.png and .*sheet\.json: seeds Ada to Ada, each 8x8/);
    const { frames, meta } = JSON.parse(readFileSync(join(folder, "assets/sheet.json"), "utf8"));
    expect(meta).toMatchObject({ image: "sheet.png", model: "random", options: { steps: "2" }, size: { w: 16, h: 16 }, scale: "1" });
    const files = Object.keys(frames);
    expect([files[0], files[2]]).toEqual(["Class 2/Ada.png", "Class 0/Ada.png"]);
    expect(files[1]).toMatch(/^Class \d\/b.png$/);
    const { data, width } = decode(readFileSync(sheet));
    await succeeded(run("sample", [model, "--steps", "2", "--out", out("last.png"), "--seed", "Ada", "--class", "0"]));
    const last = decode(readFileSync(out("last.png"))).data;
    const { frame, ...rest } = frames["Class 0/Ada.png"];
    expect(rest).toEqual({ rotated: false, trimmed: false, spriteSourceSize: { x: 0, y: 0, w: 8, h: 8 }, sourceSize: { w: 8, h: 8 } });
    const { x, y } = frame;
    for (let row = 0; row < 8; row++)
      expect([...data.subarray((y + row) * width + x, (y + row) * width + x + 8)]).toEqual([...last.subarray(8 * row, 8 * row + 8)]);
  });

  it.each([
    [["--seeds", names, "--count", "2"], /^`--seeds` names all seeds: leave out `--seed` and `--count`\n$/],
    [["--seeds", long], /^Image 2 of ".*": Expected Unicode text of 1 to 256 bytes .*\n$/],
    [["--seeds", unknown], /^Image 3 of ".*": Expected an index from 0 to 2 or one of .* for `class` but received dog\n$/],
    [["--out", "x.png.gif"], /^Expected a file whose name ends in .png, or a folder .* for `out` but received "x.png.gif"\n$/],
  ])("refuses %j", async (flags, message) => expect(await refused(drawInto(join(folder, "none/"), ...flags))).toMatch(message));

  it("refuses a model that is not there, an fp32 one, no place for images, and a sheet whose files are there", async () => {
    const none = out("none.onnx");
    const draw = (...args: string[]) => refused(run("sample", args));
    expect(await draw(none, "--out", out("a.png"))).toBe(
      `Expected a model's file for \`model.onnx\` but received "${none}": there is no such file\n`,
    );
    writeFileSync(none, randomModelFile(TINY, 5, "fp32"));
    expect(await draw(none, "--out", out("a.png"))).toMatch(
      /an fp32 one: take the model.onnx beside it, or make one by `npx anneal export`\n$/,
    );
    expect(await draw(model)).toBe("required option '--out <file.png | folder/>' not specified\n");
    write("kept.json", "precious");
    const sheet = ["--out", out("kept.png"), "--count", "1", "--seed", "x", "--steps", "2"];
    expect(await draw(model, ...sheet)).toBe(`\`${out("kept.json")}\` is there already (1 of 2 files): --force replaces it\n`);
    expect(readFileSync(out("kept.json"), "utf8")).toBe("precious");
    await succeeded(run("sample", [model, ...sheet, "--force"]));
    expect(JSON.parse(readFileSync(out("kept.json"), "utf8"))).toHaveProperty("frames");
  });
});

it.each([
  [32, 32, 1024],
  [24, 24, 1806],
  [512, 512, 4],
  [1024, 1024, 1],
])("a file may have %i x %i images %i times", (width, height, most) => {
  expect(mostInSheet({ width, height })).toBe(most);
});
