/** Every format that was ever shipped is still read, as the files that were shipped in it. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { loadModel } from "../../../wasm-model/index.ts";
import { FORMAT } from "../../../wasm-model/model/card.ts";
import { readCard } from "../../../wasm-model/model/formats.ts";
import { readModel } from "../../../wasm-model/model/onnx/reader.ts";
import { writeModel } from "../../../wasm-model/model/onnx/writer.ts";
import { simd } from "../../../wasm-model/runtime/simd.ts";

const shipped = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(`format-0/${name}.onnx`, import.meta.url)));

describe.each(["fashion-mnist", "mnist"])("format 0, %s", (name) => {
  it("is read as a model of today's format, which a new export writes", async () => {
    const file = shipped(name);
    const model = readModel(file);
    expect(model.card).toMatchObject({ format: FORMAT, name, spec: { height: 28, width: 28 } });
    const written = writeModel(model);
    expect(readModel(written)).toEqual({ ...model, bytes: written });
    expect((await loadModel(file, { runtime: simd })).card).toEqual((await loadModel(written, { runtime: simd })).card);
  });

  it("calls `training.network` by the name that it had", () => {
    const { training } = readModel(shipped(name)).card;
    expect(training.network).toBe(name === "mnist" ? "s32" : "m32");
    expect(training).not.toHaveProperty("preset");
  });

  it("has no checksum, so a changed weight makes another model", () => {
    const file = shipped(name);
    expect(readCard(JSON.stringify({ ...readModel(file).card, format: undefined })).format).toBe(0);
  });
});
