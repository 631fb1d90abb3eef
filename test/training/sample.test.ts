/** `npx anneal sample` with the images that it takes. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { decode, encode } from "fast-png";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { readImage } from "../../training/cli/model-files.ts";
import { UserError } from "../../training/cli/user-error.ts";
import { refused, run, succeeded } from "../support/command-line.ts";
import { temporaryFolder, writeFolder } from "../support/files.ts";
import { randomModelFile, TINY } from "../support/random-model.ts";

const folder = temporaryFolder("inpaint");

const write = (name: string, image: Parameters<typeof encode>[0] | string): string => {
  const path = join(folder, name);
  writeFileSync(path, typeof image === "string" ? image : encode(image));
  return path;
};

const model = join(folder, "model.onnx");
writeFileSync(model, randomModelFile(TINY, 5, "int8"));

describe("readImage", () => {
  const size = { width: 2, height: 1 };
  const pixelsOf = async (path: string, channels: number) => [...(await readImage(path, "image", { ...size, channels })).pixels];

  it("reads grey and colour, over black", async () => {
    const files: [file: Parameters<typeof encode>[0], greys: number[], colours: number[]][] = [
      [{ ...size, channels: 1, data: Uint8Array.from([7, 200]) }, [7, 200], [7, 7, 7, 200, 200, 200]],
      [{ ...size, channels: 2, data: Uint8Array.from([7, 0, 200, 128]) }, [0, 100], [0, 0, 0, 100, 100, 100]],
      [{ ...size, channels: 4, data: Uint8Array.from([255, 0, 0, 255, 9, 9, 9, 0]) }, [76, 0], [255, 0, 0, 0, 0, 0]],
      [{ ...size, channels: 1, depth: 1, data: Uint8Array.of(0b01000000) }, [0, 255], [0, 0, 0, 255, 255, 255]],
      [{ ...size, channels: 1, depth: 16, data: Uint16Array.of(1799, 65535) }, [7, 255], [7, 7, 7, 255, 255, 255]],
    ];
    for (const [file, greys, colours] of files) {
      const path = write("file.png", file);
      expect([await pixelsOf(path, 1), await pixelsOf(path, 3)]).toEqual([greys, colours]);
    }
  });

  it("ignores colour profiles", async () => {
    const path = join(folder, "profile.png");
    const data = Uint8Array.from([200, 30, 90, 10, 250, 60]);
    const profiled = sharp(encode({ ...size, channels: 3, data })).withIccProfile("p3");
    writeFileSync(path, await profiled.png().toBuffer());
    expect(await pixelsOf(path, 3)).toEqual([...(await sharp(path, { ignoreIcc: true }).raw().toBuffer())]);
    expect(await pixelsOf(path, 3)).not.toEqual([...(await sharp(path).raw().toBuffer())]);
  });

  it("names what it could not read", async () => {
    const read = (path: string) => readImage(path, "mask", { ...size, channels: 1 });
    const expected = "Expected an image of 2x1 pixels for `mask` but received";
    await expect(read(join(folder, "none.png"))).rejects.toThrow(new RegExp(`^${expected} ".*none.png": there is no such file$`));
    const text = write("text.png", "no image");
    await expect(read(text)).rejects.toThrow(`${expected} "${text}": Input buffer contains unsupported image format`);
    await expect(read("/dev/zero")).rejects.toThrow(new UserError(`${expected} "/dev/zero": it is not a regular file`));
    const large = write("large.png", { width: 4, height: 8, channels: 1, data: new Uint8Array(32) });
    await expect(read(large)).rejects.toThrow(new UserError(`${expected} "${large}": an image of 4x8 pixels`));
  });
});

describe("npx anneal sample --image", () => {
  const pixels = Uint8Array.from({ length: 64 }, (_, i) => 4 * i);
  const image = write("image.png", { width: 8, height: 8, channels: 1, data: pixels });
  const mask = write("mask.png", { width: 8, height: 8, channels: 1, data: pixels.map((_, i) => (i < 32 ? 0 : 255)) });
  const out = join(folder, "out.png");
  const draw = (...args: string[]) => run("sample", [model, "--seed", "7", "--out", out, ...args]);

  it("repaints the mask's white part and prints how", async () => {
    const { stdout } = await succeeded(draw("--image", image, "--mask", mask, "--class", "2", "--steps", "4"));
    expect(stdout).toMatch(/^wrote .*out.png: seed 7, Class 2, 8x8, langevin, 4 noise levels, 4 evaluations\n$/);
    const painted = decode(readFileSync(out)).data;
    expect([...painted.subarray(0, 32)]).toEqual([...pixels.subarray(0, 32)]);
    expect([...painted.subarray(32)]).not.toEqual([...pixels.subarray(32)]);
  });

  it("draws variations without a mask", async () => {
    const { stdout } = await succeeded(draw("--image", image, "--strength", "0", "--count", "2"));
    expect(stdout).toContain("2 images of the seeds 7/0 to 7/1");
    const rows = Array.from({ length: 8 }, (_, y) => [...pixels.subarray(8 * y, 8 * y + 8)]);
    expect([...decode(readFileSync(out)).data]).toEqual(rows.flatMap((row) => [...row, ...row]));
  });

  it("refuses a mask without an image", async () => {
    expect(await refused(draw("--mask", mask))).toBe("`--mask` works with `--image` only, whose white part it repaints\n");
  });
});

it("a cut-out is drawn transparent, and as the image that is varied it keeps its transparency; a sheet of pixel art is indexed", async () => {
  const cutOuts = join(import.meta.dirname, "../golden/cut-outs/model.onnx");
  const [first, second, sheet] = ["first.png", "second.png", "cut-outs.png"].map((name) => join(folder, name));
  await succeeded(run("sample", [cutOuts, "--seed", "a", "--steps", "1", "--out", first]));
  await succeeded(run("sample", [cutOuts, "--seed", "a", "--steps", "1", "--image", first, "--strength", "0", "--out", second]));
  const [drawn, kept] = await Promise.all([first, second].map((file) => sharp(file).ensureAlpha().raw().toBuffer()));
  expect(kept.equals(drawn)).toBe(true);
  expect(new Set(drawn.filter((_, i) => i % 4 === 3))).toEqual(new Set([0, 255]));
  await succeeded(run("sample", [cutOuts, "--seed", "a", "--count", "4", "--steps", "2", "--sheet", sheet]));
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
    const { stdout } = await succeeded(run("sample", [model, "--steps", "2", "--sheet", sheet, "--seeds", csv]));
    expect(stdout).toMatch(/wrote 3 images to .*sheet\.png and .*sheet\.json: seeds Ada to Ada, each 8x8/);
    const { frames, meta } = JSON.parse(readFileSync(join(folder, "assets/sheet.json"), "utf8"));
    expect(meta).toMatchObject({ image: "sheet.png", model: "random", options: { steps: "2" }, size: { w: 16, h: 16 } });
    const files = Object.keys(frames);
    expect([files[0], files[2]]).toEqual(["Class 2/Ada.png", "Class 0/Ada.png"]);
    expect(files[1]).toMatch(/^Class \d\/b.png$/);
    const { data, width } = decode(readFileSync(sheet));
    await succeeded(run("sample", [model, "--steps", "2", "--out", out("last.png"), "--seed", "Ada", "--class", "0"]));
    const last = decode(readFileSync(out("last.png"))).data;
    const { x, y } = frames["Class 0/Ada.png"].frame;
    for (let row = 0; row < 8; row++)
      expect([...data.subarray((y + row) * width + x, (y + row) * width + x + 8)]).toEqual([...last.subarray(8 * row, 8 * row + 8)]);
  });

  it.each([
    [["--seeds", names, "--count", "2"], /^`--seeds` names all seeds: leave out `--seed` and `--count`\n$/],
    [["--seeds", names, "--out", "one.png"], /^Expected a folder for `out`, with `--seeds`, but received "one.png"\n$/],
    [["--seeds", long], /^Image 2 of ".*": Expected Unicode text of 1 to 256 bytes .*\n$/],
    [["--seeds", unknown], /^Image 3 of ".*": Expected an index from 0 to 2 or one of .* for `class` but received dog\n$/],
    [["--out", "x.png.gif"], /^Expected a file whose name ends in .png, or a folder .* for `out` but received "x.png.gif"\n$/],
    [["--sheet", "a.png"], /^`--sheet` is in place of `--out`: leave out one of them\n$/],
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
    expect(await draw(model)).toBe("`sample` needs --out or --sheet, which say where the images go\n");
    write("kept.json", "precious");
    const sheet = ["--sheet", out("kept.png"), "--seed", "x", "--steps", "2"];
    expect(await draw(model, ...sheet)).toBe(`\`${out("kept.json")}\` is there already (1 of 2 files): --force replaces it\n`);
    expect(readFileSync(out("kept.json"), "utf8")).toBe("precious");
    await succeeded(run("sample", [model, ...sheet, "--force"]));
    expect(JSON.parse(readFileSync(out("kept.json"), "utf8"))).toHaveProperty("frames");
  });
});
