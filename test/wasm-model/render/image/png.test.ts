import { decodeApng } from "fast-png";
import { expect, it } from "vitest";
import { encodeApng } from "../../../../wasm-model/render/image/png.ts";

const image = (shade: number) => ({ pixels: Uint8Array.from({ length: 12 }, (_, i) => i + shade), width: 4, height: 3, channels: 1 });
const frames = [10, 50, 200].map(image);

it("encodeApng keeps every frame and shows the last one longest", () => {
  const animation = decodeApng(encodeApng(frames), { checkCrc: true });
  expect([animation.width, animation.height, animation.numberOfFrames, animation.numberOfPlays]).toEqual([4, 3, 3, 0]);
  for (const [i, { data, delayNumber, delayDenominator }] of animation.frames.entries()) {
    expect([...data]).toEqual([...frames[i].pixels]);
    expect(delayNumber / delayDenominator).toBe(i === 2 ? 2 : 0.1);
  }
});
