/** The sprites of the page's second example. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { chooseGround } from "../../training/data/cut-outs.ts";
import { pixelArtOf, spriteOf } from "../../training/data/pixel-art.ts";
import { EXAMPLES } from "../../worker/pages/yours/picture-set.ts";
import { sprites, spritesFile } from "../lab/sprite-pictures.ts";

it("96 sprites of three kinds are pixel art of sixteen colours, all different, learned on white, and as the page has them", () => {
  const { classes, side: width, ofEach } = EXAMPLES.sprites;
  const size = { width, height: width };
  const kinds = sprites();
  expect(kinds.map(({ name, sprites }) => [name, sprites.length])).toEqual(classes.map((name) => [name, ofEach]));
  const all = kinds.flatMap(({ sprites }) => sprites);
  expect(new Set(all.map((rgba) => rgba.join())).size).toBe(96);
  expect(
    pixelArtOf(
      all.map((rgba, i) => ({ path: `${i}`, sprite: spriteOf(rgba, size) })),
      { words: { asTheyAre: "", asPixelArt: "" } },
    ),
  ).toMatchObject({
    size,
    times: 1,
    palette: { length: 16 },
  });
  expect(chooseGround(all, size)).toBe("ffffff");
  const file = readFileSync(new URL("../../worker/pages/yours/sprites.png", import.meta.url));
  expect(file.equals(spritesFile())).toBe(true);
});
