/** A folder of PNG files that are drawn from SVG: data to try training with. */
import { readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { makeFolder } from "../../training/cli/files.ts";
import { progress } from "../../training/cli/progress.ts";
import { UserError } from "../../training/cli/user-error.ts";

export interface Drawn {
  /** Of the PNG file, in the folder. */
  readonly path: string;
  readonly svg: string;
}

/** Throws a UserError unless the folder is new or empty. */
export function makeEmptyFolder(out: string): void {
  makeFolder(out);
  if (readdirSync(out).length > 0)
    throw new UserError(`Expected a new or empty folder for \`out\` but received "${out}", which holds other files`);
}

/** Draws each image over white, `size` pixels wide and high. */
export async function drawInto(out: string, images: readonly Drawn[], size: number): Promise<void> {
  const { default: sharp } = await import("sharp");
  for (const folder of new Set(images.map(({ path }) => dirname(path)))) makeFolder(join(out, folder));
  const bar = progress("drawing", images.length);
  for (const [i, { path, svg }] of images.entries()) {
    const drawn = sharp(Buffer.from(svg)).resize(size, size, { fit: "contain", background: "white" }).flatten({ background: "white" });
    writeFileSync(join(out, path), await drawn.removeAlpha().png().toBuffer());
    bar.update(i + 1);
  }
  bar.stop();
}
