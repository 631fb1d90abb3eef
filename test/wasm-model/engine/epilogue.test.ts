import { describe, expect, it } from "vitest";
import * as layout from "../../../wasm-model/engine/layout.ts";
import { floatBits, instantiate } from "../../../wasm-model/engine/memory.ts";
import { codeOf } from "../../support/oracle.ts";
import { BUILDS } from "./modules.ts";
import { throughEpilogue } from "./workbench.ts";

const { fround } = Math;

/** Values all over the line, dense around 0, in eights. */
const VALUES = Float32Array.from({ length: 8000 }, (_, i) => ((i - 4000) / 4000) ** 3 * 100);

describe.each(BUILDS)("silu ($name)", ({ module }) => {
  it("differs from x / (1 + e^-x) by at most 3e-7 max(1, |x|)", async () => {
    const { siluOf } = await instantiate(module);
    for (const x of VALUES) expect(Math.abs(siluOf(x) - x / (1 + Math.exp(-x)))).toBeLessThanOrEqual(3e-7 * Math.max(1, Math.abs(x)));
  });

  it("tends to x and to 0 at the ends of the line", async () => {
    const { siluOf } = await instantiate(module);
    expect(siluOf(1e30)).toBe(fround(1e30));
    expect(Math.abs(siluOf(-1e4))).toBeLessThan(1e-30);
  });
});

describe.each(BUILDS)("codes ($name)", ({ module }) => {
  it("are the nearest integers, ties to even, plus the zero point, within 0..127", async () => {
    const ties = [-0.5, 0.5, 1.5, 2.5, 126.5, 127.5, -1e30];
    const values = Float32Array.of(...ties, 1e30, ...VALUES);
    for (const zeroPoint of [0, 1, 64, 127]) {
      const codes = await throughEpilogue(module, values, { [layout.ZERO_POINT]: zeroPoint });
      expect(codes).toEqual(Uint8Array.from(values, (x) => codeOf(x, { scale: 1, zeroPoint })));
    }
  });

  it("are in 0..127 even for NaN", async () => {
    const values = Float32Array.of(Number.NaN, Infinity, -Infinity, 1, Number.NaN, Infinity, -Infinity, 1);
    const codes = await throughEpilogue(module, values, { [layout.ZERO_POINT]: 10 });
    expect([...codes]).toEqual([0, 127, 0, 11, 0, 127, 0, 11]);
    for (const code of await throughEpilogue(module, values, { [layout.SILU]: 1 })) expect(code).toBeLessThanOrEqual(127);
  });

  it("follow silu", async () => {
    const { siluOf } = await instantiate(module);
    const factor = fround(9.7);
    const fields = { [layout.SILU]: 1, [layout.CODE_FACTOR]: floatBits(factor), [layout.ZERO_POINT]: 3 };
    const expected = Uint8Array.from(VALUES, (x) => codeOf(fround(siluOf(x) * factor), { scale: 1, zeroPoint: 3 }));
    expect(await throughEpilogue(module, VALUES, fields)).toEqual(expected);
  });
});
