/** The sprites of the page's second example. */
import { expect, it } from "vitest";
import { groundOf } from "../../training/data/cut-outs.ts";
import { pixelArtOf, spriteOf } from "../../training/data/pixel-art.ts";
import { SPRITE_SIDE, sprites } from "../../worker/pages/yours/sprites.ts";

it("96 sprites of three kinds are pixel art of sixteen colours, all different, learned on white", () => {
  const size = { width: SPRITE_SIDE, height: SPRITE_SIDE };
  const kinds = sprites();
  expect(kinds.map(({ name, sprites }) => [name, sprites.length])).toEqual([
    ["monster", 32],
    ["mushroom", 32],
    ["potion", 32],
  ]);
  const all = kinds.flatMap(({ sprites }) => sprites);
  expect(new Set(all.map((rgba) => rgba.join())).size).toBe(96);
  const art = pixelArtOf(all.map((rgba) => spriteOf(rgba, size))); // biome-ignore format: one idea
  expect(art).toMatchObject({ size, times: 1, palette: { length: 16 } });
  expect(groundOf(all, size)).toBe("ffffff");
});
