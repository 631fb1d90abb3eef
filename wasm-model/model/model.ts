/**
 * A loaded model: its card, its version and its networks. Some models have two files. `model.onnx` is a student, which
 * knows only some step counts (`allowedSteps` in its card). `teacher.onnx` draws everything else.
 */
import type { NetworkSpec } from "../network/spec.ts";
import type { Denoise } from "../sampling/sampler.ts";
import { sha256Hex } from "../sampling/sha256.ts";
import { type ModelCard, ModelError, nativeShape } from "./card.ts";

/** A loaded model, from `loadModel`. */
export interface Model {
  readonly card: ModelCard;
  /**
   * See `modelVersion`. Undefined for a student loaded without its teacher: the version covers both files. Images
   * have no recipe then.
   */
  readonly version: string | undefined;
  readonly denoiser: Denoiser;
  /** A student's teacher. Its denoiser is loaded at first use. */
  readonly teacher?: Teacher | undefined;
}

export interface Teacher {
  readonly card: ModelCard;
  denoiser(): Promise<Denoiser>;
}

/** A network that a runtime has loaded. */
export interface Denoiser {
  readonly spec: NetworkSpec;
  /** The memory that it takes, in bytes, if the runtime knows it. */
  readonly bytes?: number;
  readonly denoise: Denoise;
  /** Frees its memory now. Without this call it is freed when the denoiser is garbage-collected. */
  dispose(): void | Promise<void>;
}

/** A teacher that is loaded once, at first use. If loading fails, the next request tries again. */
export function lazyTeacher(card: ModelCard, load: () => Promise<Denoiser>): Teacher {
  let loading: Promise<Denoiser> | undefined;
  return {
    card,
    denoiser() {
      loading ??= load().catch((error: unknown) => {
        loading = undefined;
        throw error;
      });
      return loading;
    },
  };
}

export const MODEL_FILE = "model.onnx";
export const TEACHER_FILE = "teacher.onnx";

/**
 * The teacher's card, under the student's name. Throws ModelError unless `student` is a student's card and both draw
 * images of the same shape, range and classes.
 */
export function teacherCard(student: ModelCard, teacher: ModelCard): ModelCard {
  const { allowedSteps, steps } = student.sampling;
  if (!allowedSteps) throw new ModelError("Expected `sampling.allowedSteps` in the card of a model with a teacher but received none");
  if (!allowedSteps.includes(steps)) {
    throw new ModelError(`Expected one of ${allowedSteps.join(", ")} for \`sampling.steps\` of a student's card but received ${steps}`);
  }
  if (teacher.sampling.allowedSteps) throw new ModelError("Expected a teacher for `teacher` but received a student");
  const [expected, received] = [student, teacher].map(drawnBy);
  if (expected !== received)
    throw new ModelError(`Expected a teacher that draws what its student draws, ${expected}, but received one that draws ${received}`);
  return { ...teacher, name: student.name };
}

/** What student and teacher must have in common, in words. */
function drawnBy(card: ModelCard): string {
  const { width, height, channels } = nativeShape(card);
  return `${width}x${height}x${channels} of ${card.labels.join(", ")} with sigmaData ${card.spec.sigmaData}`;
}

/** Whether the card is a student's (it knows only some step counts) and its teacher is missing. */
export const isAlone = ({ card, teacher }: { readonly card: ModelCard; readonly teacher?: unknown }): boolean =>
  card.sampling.allowedSteps !== undefined && !teacher;

/**
 * Raise it if and only if the same model and options give other bytes than before: it is part of every permanent URL
 * (`modelVersion`). `npm run golden` enforces this.
 */
export const RENDER_VERSION = 3;

/**
 * The first 8 hexadecimal digits of SHA-256 over the model file, its teacher's file if it has one, and RENDER_VERSION.
 * Version and options together determine every byte of an image.
 */
export function modelVersion(file: Uint8Array, teacher: Uint8Array = new Uint8Array()): string {
  return sha256Hex(file, teacher, new TextEncoder().encode(String(RENDER_VERSION))).slice(0, 8);
}
