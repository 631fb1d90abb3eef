import { describe, expect, it } from "vitest";
import { decodeSafetensors, encodeSafetensors } from "../../../training/learning/safetensors.ts";

const file = encodeSafetensors({
  tensors: new Map([
    ["a/b", { shape: [2, 3], values: Float32Array.of(1, -2, 3.5, 0, 1e38, -1e-45) }],
    ["scalar", { shape: [], values: Float32Array.of(7) }],
  ]),
  metadata: { step: "12" },
});

describe("safetensors", () => {
  it("are read back unchanged", () => {
    const { tensors, metadata } = decodeSafetensors(file);
    expect(metadata).toEqual({ step: "12" });
    expect([...tensors.keys()]).toEqual(["a/b", "scalar"]);
    expect(tensors.get("a/b")).toEqual({ shape: [2, 3], values: Float32Array.of(1, -2, 3.5, 0, 1e38, -1e-45) });
    expect(tensors.get("scalar")).toEqual({ shape: [], values: Float32Array.of(7) });
  });

  it("have the published layout", () => {
    const view = new DataView(file.buffer, file.byteOffset);
    const headerSize = Number(view.getBigUint64(0, true));
    const header = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + headerSize)));
    expect(header).toEqual({
      __metadata__: { step: "12" },
      "a/b": { dtype: "F32", shape: [2, 3], data_offsets: [0, 24] },
      scalar: { dtype: "F32", shape: [], data_offsets: [24, 28] },
    });
    expect(view.getFloat32(8 + headerSize + 4, true)).toBe(-2);
  });

  it("keep int8 numbers in one byte each, after the wider ones", () => {
    const bytes = Int8Array.of(-128, 127, 5);
    const wide = Float32Array.of(0.5);
    const mixed = encodeSafetensors({
      tensors: new Map<string, { shape: number[]; values: Float32Array | Int8Array }>([
        ["bytes", { shape: [3], values: bytes }],
        ["wide", { shape: [1], values: wide }],
      ]),
      metadata: {},
    });
    expect(decodeSafetensors(mixed).tensors.get("bytes")).toEqual({ shape: [3], values: Float32Array.from(bytes) });
    expect(decodeSafetensors(mixed).tensors.get("wide")).toEqual({ shape: [1], values: wide });
    expect([...mixed.subarray(-7)]).toEqual([0, 0, 0, 63, 128, 127, 5]);
  });

  it("are refused when cut at any point", () => {
    for (let length = 0; length < file.length; length++) expect(() => decodeSafetensors(file.subarray(0, length))).toThrow();
  });

  it.each([
    ["[2,3]", "[2,4]", 32, 24],
    ["[24,28]", "[26,28]", 4, 2],
    ["[24,28]", "[28,24]", 4, -4],
  ])("are refused when shape and bytes disagree: %s as %s", (given, edited, expected, received) => {
    const edit = Buffer.from(Buffer.from(file).toString("latin1").replace(given, edited), "latin1");
    expect(() => decodeSafetensors(edit)).toThrow(new RegExp(`^Expected ${expected} bytes for the shape .* but received ${received}$`));
  });
});
