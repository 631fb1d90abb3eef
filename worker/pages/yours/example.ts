/** The pictures to try with, as they are learned. */
import { isTransparent } from "../../../training/data/cut-outs.ts";
import { spriteOf } from "../../../training/data/pixel-art.ts";
import { nextTurn } from "../../../wasm-model/render/turn.ts";
import { VisitorError } from "../shared/dom.ts";
import drawings from "./example.png?url";
import { EXAMPLES, type PictureClass, SIDE } from "./picture-set.ts";
import { pixelsOf } from "./pictures.ts";
import type { Picture } from "./protocol.ts";
import sprites from "./sprites.png?url";
import type { Loaded } from "./state.ts";

const FILES = { drawings, sprites };
export type Example = keyof typeof EXAMPLES;

/** Throws a VisitorError if it cannot be fetched. */
export async function loadExample(name: Example): Promise<Loaded> {
  const { classes: names, side, ofEach, columns } = EXAMPLES[name];
  const sheet = await fetch(FILES[name])
    .then(async (answer) => createImageBitmap(await answer.blob()))
    .catch((error) => {
      console.warn(error);
      throw new VisitorError("The example cannot be fetched. Try again later.");
    });
  const [size, square] = [side, SIDE].map((width) => ({ width, height: width }));
  const edge = (SIDE - side) / 2;
  const pictureOf = (label: number, i: number): Picture => {
    const k = ofEach * label + i;
    const [x, y] = [-side * (k % columns), -side * Math.floor(k / columns)];
    const own = pixelsOf(size, (context) => context.drawImage(sheet, x, y));
    const whole = pixelsOf(square, (context) => context.putImageData(new ImageData(new Uint8ClampedArray(own), side), edge, edge));
    const [key, path] = [`example-${label}-${i}`, `${names[label]}/${i}.png`];
    const sprite = name === "sprites" ? spriteOf(own, size) : "inexact";
    return { key, path, ...size, isTransparent: isTransparent(own), sprite, cover: whole, contain: whole };
  };
  const classes: PictureClass[] = [];
  for (const [label, one] of names.entries()) {
    const pictures = Array.from({ length: ofEach }, (_, i) => pictureOf(label, i));
    classes.push({ key: `example-class-${label}`, name: one, pictures });
    await nextTurn(); // the page stays responsive
  }
  return { name, isExample: true, classes, refusals: [] };
}
