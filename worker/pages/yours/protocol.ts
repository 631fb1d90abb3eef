/** Pictures, runs and models, as the page, its threads and what is kept have them, and what page and learner tell each other. */
import type { SeenPicture } from "../../../training/data/pixel-art.ts";
import type { FinishingSettings } from "../../../training/finishing/plan.ts";
import type { TrainingState } from "../../../training/learning/checkpoint.ts";
import type { LogEntry } from "../../../training/learning/reports.ts";
import type { Beginning } from "../../../training/learning/settings.ts";
import type { Verdict } from "../../../training/measure/verdict.ts";
import type { ModelContents } from "../../../wasm-model/model/onnx/writer.ts";
import type { FinisherName } from "../../../wasm-model/network/finishers.ts";
import type { ImageShape, Size } from "../../../wasm-model/network/spec.ts";
import type { Pixels } from "../../../wasm-model/render/image/png.ts";
import type { CallOptions } from "../../drawing/rpc.ts";

export type Crop = "cover" | "contain";

/** A picture, in both ways that it can become a square: RGBA, [SIDE, SIDE, 4], before anything is put behind it. */
export interface Picture extends Readonly<Record<Crop, Uint8Array>> {
  readonly key: string;
  /** Relative to the chosen folder. It decides whether the picture is held out, and its place in the order. */
  readonly path: string;
  /** Of its file. */
  readonly width: number;
  readonly height: number;
  /** Whether the file has transparent pixels. What is beside a picture that is shown whole does not count. */
  readonly isTransparent: boolean;
  readonly sprite?: SeenPicture["sprite"];
  /** At four times the size, where its file has the pixels: what an enlarger learns from. */
  readonly large?: { readonly [C in Crop]?: Uint8Array } | undefined;
}

/** The visitor's pictures as a run learns them, of one size, RGBA. */
export interface Folder extends Size {
  readonly name: string;
  /** What stands behind the pictures: six hexadecimal digits. */
  readonly ground: string;
  readonly crop: Crop | "center";
  /** Of pixel art, whose pictures are not scaled. */
  readonly palette: readonly string[] | undefined;
  readonly classes: readonly { readonly name: string; readonly pictures: readonly Square[] }[];
}

export interface Square extends Pick<Picture, "path" | "isTransparent"> {
  readonly pixels: Uint8Array;
  readonly large?: Uint8Array | undefined;
}

/** That there is a run, as the page keeps it. */
export interface RunRecord {
  readonly key: string;
  /** It waits for the visitor also in a page that is opened anew. */
  readonly isPaused: boolean;
}

/** What a thread has to know to keep a run: the owner's token, and which run it is. */
export interface RunKey {
  readonly owner: string;
  readonly run: string;
}

/** What a run has come to, as it is kept beside the pictures, which stay as they are until it ends. */
export interface KeptRun extends Beginning {
  readonly settings: FinishingSettings;
  /** Name of the model that learns more; undefined for a new one. */
  readonly model?: string | undefined;
  /** What finishes images of the model that it began from, if it has its own. */
  readonly own?: Pick<ModelContents, FinisherName>;
  readonly log: readonly LogEntry[];
  /** That of the best report. */
  readonly best?: TrainingState | undefined;
}

/** What came of a run. */
export interface Outcome {
  readonly key: string;
  readonly labels: readonly string[];
  /** Its files have it once they are saved. */
  readonly name: string;
  /** Of its images. */
  readonly shape: ImageShape;
  readonly isCutOut: boolean;
  readonly isPixelArt: boolean;
  /** Of the training. */
  readonly seed: string;
  readonly model: Uint8Array<ArrayBuffer>;
  readonly fp32: Uint8Array<ArrayBuffer>;
  /** What it drew at the end, and for each image the nearest picture; nothing of a model that was opened from a file. */
  readonly sheet: readonly Pixels[];
  readonly nearest: readonly Pixels[];
  /** Pictures that it learned from. */
  readonly learned: number;
  /** What it came to, and the same with its figures; undefined of a model that was opened from a file. */
  readonly verdict?: { readonly kind: Verdict; readonly details: string } | undefined;
}

/** A run from the base, or from a model file, which may be that of a model that learns more. */
export interface Begin {
  /** How many pictures are shown to the network, with repetition; undefined for as many as fit four minutes. */
  readonly images?: number | undefined;
  readonly seed: string;
  readonly from?: Blob | undefined;
  /** Name of the model that learns more. */
  readonly model?: string | undefined;
}

/** What is done after the last step, and how far. */
interface Work {
  readonly share: number;
  readonly secondsLeft: number;
}

/** Of the run that is on its way, or the last one. */
export interface RunProgress {
  readonly step: number;
  /** 1 until it has begun. */
  readonly steps: number;
  readonly batch: number;
  /** Whether anything that it has learned is kept; and whether all was, when it paused. */
  readonly isKept: boolean;
  readonly isPauseKept?: boolean | undefined;
  /** What the network draws now. */
  readonly sheet: readonly Pixels[];
  readonly imagesPerSecond?: number | undefined;
  /** The step at which the visitor's stop began its last ones. */
  readonly coolingFrom?: number | undefined;
  /** The share of a download that is done; undefined for what takes unknown time: TensorFlow.js starts, and its speed is measured. */
  readonly download?: number | undefined;
  /** The last step is done, and what it does then. */
  readonly isLearned?: boolean;
  readonly work?: Work | undefined;
}

/** What has changed, as the learner tells it. */
export type LearnerProgress = Partial<RunProgress>;

/** How a run ends, unless the browser fails. `leadsNowhere`: it would end like that again. */
export type LearnerResult =
  | { readonly type: "finished"; readonly outcome: Outcome }
  | { readonly type: "failed"; readonly sentence: string; readonly leadsNowhere: boolean };

/** What a thread learns: without `begin` the run that is kept goes on. */
export interface Assignment {
  readonly folder: Folder;
  readonly key: RunKey;
  readonly begin: Begin | undefined;
}

export type LearnerCalls = {
  learn(assignment: Assignment, options: CallOptions<LearnerProgress>): Promise<LearnerResult>;
  /** Ends once what it has learned is kept, if it pauses. */
  pause(isPaused: boolean): Promise<void>;
  /** Has it cool down now or, if it does already, end. */
  stop(): Promise<void>;
};
