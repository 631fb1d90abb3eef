/** What the base learned from, as its page says it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { readModel } from "../../wasm-model/model/onnx/reader.ts";
import { NETWORKS } from "../../wasm-model/network/spec.ts";
import { PACKS } from "./base-packs.ts";

const FOLDER = join(import.meta.dirname, "../../wasm-model/models/base");
const page = readFileSync(join(FOLDER, "README.md"), "utf8");

it.each(Object.entries(PACKS))(
  "the page names %s with its author and its licence, which lets weights be given away",
  (name, { author, licence }) => {
    expect(page).toContain(`| \`@iconify-json/${name}\` | ${author} | ${licence} |`);
    expect(["Apache-2.0", "MIT", "CC-BY-3.0", "CC-BY-4.0"]).toContain(licence);
  },
);

it("the file to train from is the network that own pictures are trained with, at most 3.5 MB", () => {
  const file = readFileSync(join(FOLDER, "model-fp16.onnx"));
  const { card, weights } = readModel(file);
  expect(card).toMatchObject({ name: "base", spec: { height: 32, width: 32, channels: 3, ...NETWORKS.s32x3 } });
  expect(weights.floats.has("emb.change")).toBe(true);
  expect(file.length).toBeLessThan(3.5e6);
});
