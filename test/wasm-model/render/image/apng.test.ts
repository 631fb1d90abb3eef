import { decode, decodeApng } from "fast-png";
import { describe, expect, it } from "vitest";
import { encodeApng } from "../../../../wasm-model/render/image/apng.ts";
import { recipeIn } from "../../../../wasm-model/render/image/text.ts";

const image = (shade: number) => ({ pixels: Uint8Array.from({ length: 12 }, (_, i) => i + shade), width: 4, height: 3, channels: 1 });
const frames = [10, 50, 200].map((shade) => ({ image: image(shade), duration: 10 * shade }));

describe("encodeApng", () => {
  it("keeps every frame and its duration", () => {
    const animation = decodeApng(encodeApng(frames), { checkCrc: true });
    expect([animation.width, animation.height, animation.numberOfFrames, animation.numberOfPlays]).toEqual([4, 3, 3, 0]);
    for (const [i, { data, delayNumber, delayDenominator }] of animation.frames.entries()) {
      expect([...data]).toEqual([...frames[i].image.pixels]);
      expect(delayNumber / delayDenominator).toBe(frames[i].duration / 1000);
    }
  });

  it("shows its first frame in programs without animations", () => {
    expect(decode(encodeApng(frames), { checkCrc: true }).data).toEqual(frames[0].image.pixels);
  });

  it("carries a recipe", () => {
    expect(recipeIn(encodeApng(frames, "süß 🌰"))).toBe("süß 🌰");
  });
});
