/** A data set's images in the size that the network takes. */
import { type PaddedShape, padded } from "../../wasm-model/render/image/pad.ts";
import type { Split } from "./split.ts";

export const paddedSplit = (split: Split, frame: PaddedShape): Split => ({
  ...split,
  images: (start, end) => padded(split.images(start, end), frame),
});
