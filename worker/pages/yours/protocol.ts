/** What page and learner tell each other, and what both keep on the device. */
import type { FinishingSettings } from "../../../training/finishing/plan.ts";
import type { TrainingState } from "../../../training/learning/checkpoint.ts";
import type { LogEntry } from "../../../training/learning/reports.ts";
import type { Beginning } from "../../../training/learning/settings.ts";
import type { ModelContents } from "../../../wasm-model/model/onnx/writer.ts";
import type { Pixels } from "../../../wasm-model/render/image/png.ts";

/** A picture as the network sees it, in both ways that it can become a square: RGB, [SIDE, SIDE, 3]. */
export interface Picture {
  /** Relative to the chosen folder. It decides whether the picture is held out, and its place in the order. */
  readonly path: string;
  readonly cover: Uint8Array;
  readonly contain: Uint8Array;
  /** At four times the size, where its file has the pixels: what an enlarger learns from. */
  readonly large?: { readonly [C in Crop]?: Uint8Array } | undefined;
}

/** For a visitor whose browser has failed. The console has the details. */
export const cannotTrain = (): string =>
  navigator.onLine
    ? "This device cannot train: the browser refuses what it needs, or the memory is full."
    : "What trains cannot be loaded without a network.";

/** Pixels of a side. */
export const SIDE = 32;

export const CROPS = { cover: "cut to fill", contain: "whole, on white" } as const;
export type Crop = keyof typeof CROPS;

export interface PictureClass {
  readonly name: string;
  readonly pictures: readonly Picture[];
}

/** The visitor's pictures. */
export interface Pictures {
  /** Of the folder, if there was one. */
  readonly name: string;
  /** Name of the model that is to learn more; undefined for a new one. */
  readonly model?: string | undefined;
  readonly crop: Crop;
  readonly classes: readonly PictureClass[];
}

export interface Wishes {
  /** How many pictures are shown to the network, with repetition; undefined for as many as fit four minutes. */
  readonly images: number | undefined;
  readonly seed: string;
}

/** A run, as it is kept. */
export interface KeptRun extends Beginning {
  readonly settings: FinishingSettings;
  /** Those that it was planned with, whatever the visitor has changed since. */
  readonly pictures: Pictures;
  /** Whether it began from the rounded weights of an int8 file. */
  readonly isFromRounded: boolean;
  /** That of the model that it began from, if it has its own. */
  readonly enlarger?: ModelContents["enlarger"];
  readonly log: readonly LogEntry[];
  /** That of the best report. */
  readonly best?: TrainingState | undefined;
}

/** What came of a run. */
export interface Outcome {
  readonly labels: readonly string[];
  readonly name: string;
  /** Of the training. */
  readonly seed: string;
  readonly model: Uint8Array<ArrayBuffer>;
  readonly fp32: Uint8Array<ArrayBuffer>;
  readonly sheet: readonly Pixels[];
  /** For each image of the sheet, the nearest picture. */
  readonly nearest: readonly Pixels[];
  /** Pictures that it learned from. */
  readonly learned: number;
  /** What it came to, in a sentence. */
  readonly verdict: string;
}

/** What a run begins with. `half`: this end of the channel to the helper, if there is one. */
export type Learn = { readonly half?: MessagePort } /** Learns pictures, from the base or from a model file. */ & (
  | { readonly type: "learn"; readonly pictures: Pictures; readonly wishes: Wishes; readonly from?: Blob | undefined }
  /** Goes on with the run that is kept. */
  | { readonly type: "continue" }
);

export type ToLearner =
  | Learn
  /** To the helper: computes what the other end of the channel asks for. */
  | { readonly type: "help"; readonly half: MessagePort }
  /** The helper has failed. */
  | { readonly type: "alone" }
  | { readonly type: "pause"; readonly isPaused: boolean }
  | { readonly type: "stop" };

type LastWork = "enlarging" | "calibrating" | "comparing";

export type FromLearner =
  | { readonly type: "download"; readonly done: number; readonly total: number }
  /** The last step is done. */
  | { readonly type: "learned" }
  /** What it does then. */
  | { readonly type: "doing"; readonly what: LastWork; readonly share: number; readonly secondsLeft: number }
  | ({ readonly type: "begun"; readonly steps: number; readonly batch: number; readonly step: number; readonly isMore: boolean } & Pick<
      KeptRun,
      "isFromRounded"
    >)
  /** It cools down, and ends after so many steps in all. */
  | { readonly type: "cooling"; readonly steps: number }
  | { readonly type: "paused"; readonly isKept: boolean }
  | { readonly type: "step"; readonly step: number; readonly imagesPerSecond: number }
  | { readonly type: "sheet"; readonly images: readonly Pixels[] }
  | { readonly type: "finished"; readonly outcome: Outcome; readonly isKept: boolean }
  /** A sentence for the visitor. */
  | { readonly type: "failed"; readonly sentence: string };
