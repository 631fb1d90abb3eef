/** The pictures to try with, which lie in one file: those of each class, one after the other, in rows of squares. */
import { nextTurn } from "../../../wasm-model/render/turn.ts";
import exampleFile from "./example.png?url";
import { CLASSES, COLUMNS, OF_EACH } from "./example-classes.ts";
import type { PictureClass } from "./picture-set.ts";
import { pixelsOf } from "./pictures.ts";
import { SIDE } from "./protocol.ts";
import type { Loaded } from "./state.ts";

/** Throws an Error with a sentence for the visitor. */
export async function example(): Promise<Loaded> {
  const answer = await fetch(exampleFile).catch((error) => {
    console.warn(error);
    throw new Error("The drawings cannot be fetched. Try again later.");
  });
  const sheet = await createImageBitmap(await answer.blob());
  const classes: PictureClass[] = [];
  for (const name of Object.keys(CLASSES)) {
    const pictures = Array.from({ length: OF_EACH }, (_, i) => {
      const k = OF_EACH * classes.length + i;
      const pixels = pixelsOf(SIDE, (context) => context.drawImage(sheet, -SIDE * (k % COLUMNS), -SIDE * Math.floor(k / COLUMNS)));
      const path = `${name}/${i}.png`;
      return { key: `example-${k}`, path, width: SIDE, height: SIDE, isTransparent: false, cover: pixels, contain: pixels };
    });
    classes.push({ key: `example-class-${classes.length}`, name, pictures });
    await nextTurn(); // the page stays responsive
  }
  return { name: "example", isExample: true, classes, refusals: [] };
}
