/** `npx anneal distinct`. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decode } from "fast-png";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadModel, sample } from "../../wasm-model/index.ts";
import { simd } from "../../wasm-model/runtime/simd.ts";
import { run } from "../support/command-line.ts";
import { randomModelFile, TINY } from "../support/random-model.ts";

const folder = mkdtempSync(join(tmpdir(), "anneal-distinct-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const file = join(folder, "model.onnx");
const cache = join(folder, "cache");
const flags = [file, "--count", "60", "--backend", "wasm", "--cache", cache];

beforeAll(() => writeFileSync(file, randomModelFile(TINY, 5, "int8")));

interface Report {
  readonly count: number;
  readonly estimates: readonly { readonly level: number; readonly pairs: number }[];
  readonly nearest: readonly { readonly distance: number; readonly seeds: readonly string[]; readonly classes: readonly string[] }[];
}

describe("npx anneal distinct", () => {
  let report: Report;

  it("prints one JSON document, and everything else on stderr", async () => {
    const { code, stdout, stderr } = await run("distinct", [...flags, "--json"]);
    expect(code, stderr).toBe(0);
    report = JSON.parse(stdout);
    expect(report).toMatchObject({ model: "random", count: 60, seed: "distinct" });
    expect(stderr).toContain("comparing blocks of images");
    expect(report.estimates.map(({ level }) => level)).toEqual([0, 2, 4, 8, 12, 16, 20, 24]);
    expect(report.nearest).toHaveLength(40);
  });

  it("names images by seeds that the service draws too, and shows them", async () => {
    const model = await loadModel(readFileSync(file), { runtime: simd });
    const { distance, seeds, classes } = report.nearest[0];
    const [a, b] = await Promise.all(seeds.map((seed, i) => sample(model, { seed, class: classes[i] })));
    const sum = a.pixels.reduce((sum, byte, i) => sum + (byte - b.pixels[i]) ** 2, 0);
    expect(Math.sqrt(sum / a.pixels.length)).toBeCloseTo(distance, 10);
    const [own] = readdirSync(cache);
    const sheet = decode(readFileSync(join(cache, own, "nearest.png")));
    expect([sheet.width, sheet.height]).toEqual([12 * 3 * a.width, 10 * 3 * a.height]);
    const firstRow = [...sheet.data.subarray(0, 3 * a.width)].filter((_, x) => x % 3 === 0);
    expect(firstRow).toEqual([...a.pixels.subarray(0, a.width)]);
  });

  it("continues where it was cut off, and prints a table", async () => {
    const [own] = readdirSync(cache);
    const images = join(cache, own, "images-0.u8");
    const whole = readFileSync(images);
    truncateSync(images, whole.length / 2 + 7);
    const { code, stdout } = await run("distinct", [...flags, "--out", join(folder, "out")]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ +alike +pairs +distinct +95 % interval +even chance\nidentical +\d+ /m);
    expect(readFileSync(images)).toEqual(whole);
    expect(JSON.parse(readFileSync(join(folder, "out", "distinct.json"), "utf8"))).toEqual(report);
  });

  it("says what is wrong in one line", async () => {
    expect(await run("distinct", [file, "--count", "1"])).toMatchObject({
      code: 2,
      stderr: 'Expected a whole number from 2 to 1000000 for `count` but received "1"\n',
    });
  });
});
