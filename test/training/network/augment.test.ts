import { describe, expect, it } from "vitest";
import { type Change, changedImage, changeOf, DRAWS, inputOfChange } from "../../../training/network/augment.ts";
import { CHANGES } from "../../../wasm-model/network/network.ts";
import { seedState, uniforms } from "../../../wasm-model/sampling/random.ts";

const NONE: Change = { mirrored: false, shift: [0, 0], logScale: 0, angle: 0, hue: 0 };
const shape = { height: 4, width: 5, channels: 3 } as const;

function* changes(count: number, share: number, of: Parameters<typeof changeOf>[2]): Generator<Change> {
  const draws = new Float64Array(DRAWS);
  for (let i = 0; i < count; i++) {
    uniforms(seedState("changes"), i, draws);
    yield changeOf(draws, share, of);
  }
}

describe("changes that the network is conditioned on", () => {
  it("happen with the given probability each, independently", () => {
    const made = [...changes(4000, 0.25, shape)];
    const happened = (of: (change: Change) => boolean): number => made.filter(of).length / made.length;
    for (const of of [
      ({ mirrored }) => mirrored,
      ({ shift }) => shift[0] !== 0 && shift[1] !== 0,
      ({ logScale }) => logScale !== 0,
      ({ angle }) => angle !== 0,
      ({ hue }) => hue !== 0,
    ] satisfies ((change: Change) => boolean)[]) {
      // Five standard deviations of a binomial.
      expect(Math.abs(happened(of) - 0.25)).toBeLessThan(5 * Math.sqrt((0.25 * 0.75) / made.length));
    }
    expect(Math.abs(happened(({ mirrored, hue }) => mirrored && hue !== 0) - 0.0625)).toBeLessThan(0.02);
  });

  it("leave grey images without hue, and mirrored sets without another mirror", () => {
    for (const { hue } of changes(50, 1, { ...shape, channels: 1 })) expect(hue).toBe(0);
    for (const { mirrored } of changes(50, 1, { ...shape, mirror: true })) expect(mirrored).toBe(false);
  });

  it("keep the pixels of pixel art whole", () => {
    const image = Uint8Array.from({ length: 60 }, (_, i) => (i * 67) % 256);
    const coloursOf = (bytes: Uint8Array): string[] => Array.from({ length: 20 }, (_, i) => bytes.slice(3 * i, 3 * i + 3).join());
    for (const change of changes(200, 1, { ...shape, palette: [] }))
      expect(coloursOf(image)).toEqual(expect.arrayContaining(coloursOf(changedImage(image, shape, { ...change, hue: 0 }))));
  });

  it("are told in numbers of about 1", () => {
    for (const change of changes(500, 1, shape)) {
      const told = inputOfChange(change);
      expect(told).toHaveLength(CHANGES);
      for (const value of told) expect(Math.abs(value)).toBeLessThanOrEqual(2);
    }
  });

  it("shift to the right and down, and repeat border pixels", () => {
    const grey = { height: 2, width: 4, channels: 1 } as const;
    const moved = changedImage(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8), grey, { ...NONE, shift: [0.25, 0.5] });
    expect([...moved]).toEqual([1, 1, 2, 3, 1, 1, 2, 3]);
  });

  it("turn clockwise about the centre", () => {
    const grey = { height: 3, width: 3, channels: 1 } as const;
    expect([...changedImage(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9), grey, { ...NONE, angle: 90 })]).toEqual([7, 4, 1, 8, 5, 2, 9, 6, 3]);
  });

  it("enlarge about the centre", () => {
    const grey = { height: 1, width: 5, channels: 1 } as const;
    expect([...changedImage(Uint8Array.of(0, 0, 100, 200, 200), grey, { ...NONE, logScale: 1 })]).toEqual([0, 50, 100, 150, 200]);
  });

  it("turn hues around grey, which stays", () => {
    const pixels = Uint8Array.of(255, 0, 0, 90, 90, 90);
    expect([...changedImage(pixels, { height: 1, width: 2, channels: 3 }, { ...NONE, hue: (2 * Math.PI) / 3 })]).toEqual([
      0, 255, 0, 90, 90, 90,
    ]);
  });
});
