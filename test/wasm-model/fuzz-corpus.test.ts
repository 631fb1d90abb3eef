/**
 * What `npm run tool -- fuzz-png` keeps, and the costliest uploads (`npm run bench -- bombs` times them): each is read
 * or refused, by the error that stands for it.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, it } from "vitest";
import { decodeUpload, recipeIn } from "../../wasm-model/index.ts";
import { MAX_UPLOAD } from "../../worker/admission/limits.ts";
import { pngBombs } from "../fuzz/png-bombs.ts";
import { fuzz } from "../fuzz/png-target.ts";

const CORPUS = resolve(import.meta.dirname, "../fuzz/corpus");

it("keeps a small corpus, and every input in it is read or refused", () => {
  const names = readdirSync(CORPUS);
  expect(names.length).toBeGreaterThan(30);
  const sizes = names.map((name) => {
    const input = readFileSync(join(CORPUS, name));
    expect(() => fuzz(input), name).not.toThrow();
    return input.length;
  });
  expect(sizes.reduce((sum, size) => sum + size)).toBeLessThan(2 ** 17);
});

/** Those of which the image is read after all. */
const READ = ["a large unknown chunk", "compressed text of zeros", "a frame after the other", "the costliest right image"];

const bombs = pngBombs(MAX_UPLOAD);

it.each([...bombs])("is decoded or refused without harm: %s", (name, file) => {
  expect(file.length).toBeLessThanOrEqual(MAX_UPLOAD);
  const decode = () => decodeUpload(file, { width: 28, height: 28, channels: 1 });
  if (READ.includes(name)) expect(decode().pixels).toHaveLength(28 * 28);
  else expect(decode).toThrow(RangeError);
});

it("refuses a recipe longer than any that is written", () => {
  expect(recipeIn(bombs.get("the longest recipe that is read")!)).toHaveLength(7849);
  expect(() => recipeIn(bombs.get("a recipe nested as deep as it is long")!)).toThrow(/^a PNG file with \d+ bytes of text$/);
});
