/** The pictures that pages have before any script are those of today's model (`npm run tool -- pictures`). */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { drawPictures, pictureFile } from "../tools/pictures.ts";

it("are what the default model draws", async () => {
  for (const [path, png] of await drawPictures()) expect([path, readFileSync(pictureFile(path)).equals(png)]).toEqual([path, true]);
});
