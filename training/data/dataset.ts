/** A data set as training and evaluation use it, wherever it comes from. */
import type { PictureSettings } from "./picture-settings.ts";
import type { Split } from "./split.ts";

export interface Dataset {
  readonly name: string;
  /** Where its files lie: a folder, or an archive. */
  readonly folder: string;
  /** Class names in label order. */
  readonly labels: readonly string[];
  /** SPDX identifier, or "unknown". */
  readonly licence: string;
  readonly train: Split;
  /** Images held out of training. */
  readonly test: Split;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** How pictures became images, where the set is one of pictures. */
  readonly pictures?: PictureSettings;
  /** What its owner should know before training, a line each. */
  readonly notes: readonly string[];
  /** What else there is to say about it. */
  readonly details: readonly string[];
}
