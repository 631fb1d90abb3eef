import { describe, expect, it } from "vitest";
import { decodeSafetensors, encodeSafetensors, type NamedTensor } from "../../../training/learning/safetensors.ts";

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

  it("keep bytes in one byte each, after the wider ones, and whole numbers", () => {
    const [bytes, whole] = [Uint8Array.of(128, 127, 5), Int32Array.of(-70_000)];
    const mixed = encodeSafetensors({
      tensors: new Map<string, NamedTensor<Uint8Array | Int32Array>>([
        ["bytes", { shape: [3], values: bytes }],
        ["whole", { shape: [1], values: whole }],
      ]),
      metadata: {},
    });
    const { tensors } = decodeSafetensors(mixed, ["U8", "I32"]);
    expect(tensors.get("bytes")).toEqual({ shape: [3], values: bytes });
    expect(tensors.get("whole")).toEqual({ shape: [1], values: whole });
    expect([...mixed.subarray(-3)]).toEqual([128, 127, 5]);
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

  const withHeader = (header: unknown, data = 8): Uint8Array => {
    const json = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
    const bytes = new Uint8Array(8 + json.length + data);
    new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
    bytes.set(json, 8);
    return bytes;
  };
  const tensor = (start: number, end: number, dtype = "F32") => ({ dtype, shape: [(end - start) / (dtype === "F32" ? 4 : 1)], data_offsets: [start, end] }); // biome-ignore format: one idea
  const many = Object.fromEntries(Array.from({ length: 4097 }, (_, i) => [`t${i}`, tensor(0, 0)]));

  it.each([
    ["overlap", { a: tensor(0, 8), b: tensor(4, 8) }, /^Expected the tensor `b` at byte 8, behind the one before it, but received 4$/],
    ["a gap", { a: tensor(0, 4), b: tensor(8, 12) }, /^Expected the tensor `b` at byte 4, /],
    ["unaligned numbers", { a: tensor(0, 3, "U8"), b: tensor(3, 7) }, /^Expected the tensor `b` at byte 4, /],
    ["bytes that no tensor has", { a: tensor(0, 4) }, /^Expected 4 bytes of tensors but received 8$/],
    ["a negative offset", { a: tensor(-4, 0) }, /^Expected a whole number for `data_offsets\.0` of the tensor `a` but received -4$/],
    ["half an offset", { a: { ...tensor(0, 8), shape: [1.5] } }, /^Expected a whole number for `shape\.0` /],
    ["metadata that is null", { __metadata__: null }, /^Expected an object of texts for the header's `__metadata__` but received null$/],
    ["an entry that is none", { a: null }, /^Expected an object for the tensor `a` but received null$/],
    ["too many entries", many, /^Expected at most 4096 tensors but received 4097$/],
    ["a header that is long", " ".repeat(2 ** 20 + 1), /^Expected a header of at most 1048576 bytes but received 1048577$/],
    ["a header that is no object", "7", /^Expected an object of tensors for the header but received 7$/],
    ["a header that is no JSON", "\u001b[31m", /^Expected a header in JSON [ -~]*$/],
    ["a name that a terminal would obey", { ["\u001b[31m\u202e\u009b".repeat(1e4)]: {} }, /^[ -~…]{1,500}$/],
  ])("are refused for %s", (_, header, expected) => {
    expect(() => decodeSafetensors(withHeader(header), ["F32", "U8"])).toThrow(expected);
  });
});
