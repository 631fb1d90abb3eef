/** Draws SVG documents. */
import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import sharp from "sharp";
import { makeFolder } from "../../training/cli/files.ts";
import { progress } from "../../training/cli/progress.ts";

sharp.concurrency(1);

const AT_ONCE = 8;

/** Calls `draw` with each item and its index, some at once, beside a progress bar. */
export async function drawEach<T>(items: readonly T[], draw: (item: T, i: number) => Promise<void>): Promise<void> {
  const bar = progress("drawing", items.length);
  let next = 0;
  const drawOn = async (): Promise<void> => {
    while (next < items.length) {
      const i = next++;
      await draw(items[i], i);
      bar.update(next);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, drawOn));
  bar.stop();
}

/** Draws each as a PNG file of `size` pixels each way, at its path in the folder. */
export async function drawInto(out: string, files: readonly { readonly path: string; readonly svg: () => string }[], size: number) {
  for (const folder of new Set(files.map(({ path }) => dirname(path)))) makeFolder(join(out, folder));
  await drawEach(files, async ({ path, svg }) => writeFile(join(out, path), await toPng(svg(), size)));
}

/** An SVG document over white as a PNG file of `size` pixels each way. */
const toPng = async (svg: string, size: number): Promise<Buffer> =>
  sharp(Buffer.from(svg)).resize(size, size).flatten({ background: "white" }).toColourspace("srgb").png().toBuffer();
