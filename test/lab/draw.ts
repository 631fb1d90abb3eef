/** Draws SVG documents. */
import sharp from "sharp";

sharp.concurrency(1);

/** An SVG document over white as a PNG file of `size` pixels each way. */
export const toPng = async (svg: string, size: number): Promise<Buffer> =>
  sharp(Buffer.from(svg)).resize(size, size).flatten({ background: "white" }).toColourspace("srgb").png().toBuffer();

/** The same as bytes [size, size, 3]. */
export const toBytes = async (svg: string, size: number): Promise<Buffer> =>
  sharp(Buffer.from(svg)).resize(size, size).flatten({ background: "white" }).toColourspace("srgb").removeAlpha().raw().toBuffer();
