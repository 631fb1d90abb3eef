/** What tells the training images of one data set from those of another. */
import { createHash } from "node:crypto";
import type { Dataset } from "./dataset.ts";
import { pieces } from "./split.ts";

/** SHA-256 of the training images, their shape and their labels of 16 bits, in hexadecimal. Reads the images in pieces: they may be many. */
export function trainingSha256({ train, height, width, channels }: Pick<Dataset, "train" | "height" | "width" | "channels">): string {
  const hash = createHash("sha256").update(`${train.count} x ${height} x ${width} x ${channels}\n`);
  for (const piece of pieces(train)) hash.update(piece);
  return hash.update(train.labels).digest("hex");
}
