/** What tells the training images of one data set from those of another. */
import { createHash } from "node:crypto";
import type { Dataset } from "./load.ts";

/** SHA-256 of the training images, their shape and their labels, in hexadecimal. */
export function trainingSha256({ train, height, width, channels }: Pick<Dataset, "train" | "height" | "width" | "channels">): string {
  const shape = `${train.count} x ${height} x ${width} x ${channels}\n`;
  return createHash("sha256").update(shape).update(train.images).update(train.labels).digest("hex");
}
