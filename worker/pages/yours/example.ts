/** The pictures to try with: drawings, which lie in one file (those of each class, one after the other, in rows of squares), and sprites. */
import { spriteOf } from "../../../training/data/pixel-art.ts";
import { nextTurn } from "../../../wasm-model/render/turn.ts";
import exampleFile from "./example.png?url";
import { CLASSES, COLUMNS, OF_EACH } from "./example-classes.ts";
import { pixelsOf } from "./pictures.ts";
import { type Picture, SIDE } from "./protocol.ts";
import type { Loaded } from "./state.ts";

export type Example = "drawings" | "sprites";

/** Throws an Error with a sentence for the visitor. */
export async function example(which: Example): Promise<Loaded> {
  const classes = await (which === "drawings" ? drawings() : sprites()).catch((error) => {
    console.warn(error);
    throw new Error("The example cannot be fetched. Try again later.");
  });
  const named = classes.map(({ name, pictures }, k) => ({
    ...{ key: `example-class-${k}`, name },
    pictures: pictures.map((one, i): Picture => ({ ...one, key: `example-${k}-${i}`, path: `${name}/${i}.png` })),
  }));
  return { name: which, isExample: true, classes: named, refusals: [] };
}

interface Kind {
  readonly name: string;
  readonly pictures: readonly Omit<Picture, "key" | "path">[];
}

async function drawings(): Promise<Kind[]> {
  const sheet = await createImageBitmap(await (await fetch(exampleFile)).blob());
  const kinds: Kind[] = [];
  for (const name of Object.keys(CLASSES)) {
    const pictures = Array.from({ length: OF_EACH }, (_, i) => {
      const k = OF_EACH * kinds.length + i;
      const size = { width: SIDE, height: SIDE };
      const pixels = pixelsOf(size, (context) => context.drawImage(sheet, -SIDE * (k % COLUMNS), -SIDE * Math.floor(k / COLUMNS)));
      return { ...size, isTransparent: false, cover: pixels, contain: pixels };
    });
    kinds.push({ name, pictures });
    await nextTurn(); // the page stays responsive
  }
  return kinds;
}

async function sprites(): Promise<Kind[]> {
  const { SPRITE_SIDE, sprites } = await import("./sprites.ts");
  const size = { width: SPRITE_SIDE, height: SPRITE_SIDE };
  return sprites().map(({ name, sprites }) => ({
    name,
    pictures: sprites.map((rgba) => {
      const [left, top] = [SIDE - SPRITE_SIDE, SIDE - SPRITE_SIDE].map((room) => room / 2);
      const pixels = pixelsOf({ width: SIDE, height: SIDE }, (context) =>
        context.putImageData(new ImageData(new Uint8ClampedArray(rgba), SPRITE_SIDE), left, top),
      );
      return { ...size, isTransparent: true, sprite: spriteOf(rgba, size), cover: pixels, contain: pixels };
    }),
  }));
}
