/**
 * The Web Worker that learns the visitor's pictures with TensorFlow.js on its WASM backend, as `npx anneal train` does: the
 * same files from the same pictures. A second one computes half of each batch's gradient.
 */
import * as tf from "@tensorflow/tfjs";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import wasmFile from "@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url";
import type { Backend } from "../../../training/backend/step.ts";
import { wasmBackend } from "../../../training/backend/wasm.ts";
import { UserError } from "../../../training/cli/user-error.ts";
import { begin } from "../../../training/course/course.ts";
import { asBase } from "../../../training/course/start.ts";
import { TrainingSteps } from "../../../training/course/steps.ts";
import { type GradientOf, networkGradient, type Question, sent } from "../../../training/learning/gradient.ts";
import { constantsOf } from "../../../training/learning/trainer.ts";
import type { Guidance } from "../../../training/network/loss.ts";
import type { Parameters as Values } from "../../../training/network/parameters.ts";
import { readModel } from "../../../wasm-model/model/onnx/reader.ts";
import type { ModelContents } from "../../../wasm-model/model/onnx/writer.ts";
import type { NetworkSpec } from "../../../wasm-model/network/spec.ts";
import { anyFile, NothingThere } from "../../drawing/cache.ts";
import type { ProgressDetail } from "../../drawing/protocol.ts";
import { aboutOf, type Dataset, datasetOf } from "./dataset.ts";
import { keep, kept } from "./kept.ts";
import { Lesson } from "./lesson.ts";
import { cannotTrain, type FromLearner, type Run, type ToLearner } from "./protocol.ts";

const tell = (message: FromLearner): void => postMessage(message);

let backend: Promise<Backend> | undefined;

function started(): Promise<Backend> {
  const file = new URL(wasmFile, import.meta.url).href;
  // The file with threads of its own would need a page that is isolated from others; none is without SIMD.
  setWasmPaths({ "tfjs-backend-wasm-simd.wasm": file, "tfjs-backend-wasm-threaded-simd.wasm": file, "tfjs-backend-wasm.wasm": file });
  backend ??= wasmBackend(tf, "wasm");
  return backend;
}

/** What the other thread's network is made of, what it is asked then, and that it may end. */
type Asked =
  | { readonly spec: NetworkSpec; readonly constants: Values; readonly guidance: Guidance }
  | { readonly question: Question }
  | "end";

/** Answers the other thread, for one run. */
function help(half: MessagePort): void {
  let gradient: ReturnType<typeof networkGradient> | undefined;
  half.onmessage = async ({ data }: MessageEvent<Asked>) => {
    if (data === "end") close();
    else if ("spec" in data) {
      gradient = networkGradient(await started(), data.spec, data.constants, data.guidance);
      half.postMessage("ready");
    } else {
      const answer = await gradient!.of(...data.question);
      half.postMessage(answer, [answer.gradient.buffer as ArrayBuffer]);
    }
  };
}

let half: MessagePort | undefined;

const answered = (message: Asked, handedOver: Transferable[] = []): Promise<unknown> =>
  new Promise((resolve) => {
    half!.onmessage = ({ data }) => resolve(data);
    half!.postMessage(message, handedOver);
  });

/** Ends the other thread: what comes after the last step needs its memory. */
function dismiss(): void {
  half?.postMessage("end" satisfies Asked);
  half = undefined;
}

/** The gradient of half a batch in the other thread, if there is one. */
async function helper({ course, state }: Run): Promise<GradientOf | undefined> {
  if (!half) return undefined;
  await answered({ spec: course.spec, constants: constantsOf(state), guidance: course.recipe.guidance });
  return (...asked) => {
    const [question, handedOver] = sent(asked);
    return answered({ question }, handedOver) as ReturnType<GradientOf>;
  };
}

async function base(): Promise<ModelContents> {
  const url = new URL(/* @vite-ignore */ "../base.onnx", import.meta.url).href; // beside assets/
  try {
    const onProgress = ({ done, total }: ProgressDetail): void => tell({ type: "download", done, total });
    return asBase(readModel(await anyFile(url, Number.POSITIVE_INFINITY, { signal: new AbortController().signal, onProgress })));
  } catch (error) {
    throw error instanceof NothingThere ? new UserError("The network to start from cannot be fetched. Try again later.") : error;
  }
}

let lesson: Lesson | undefined;
let isPaused = false;

type Learn = Extract<ToLearner, { type: "learn" | "continue" }>;

/** Milliseconds to wait for another tab that learns, or for what is left of this one after a reload. */
const OTHER_TAB = 5000;

async function learn(asked: Learn): Promise<void> {
  const turn = AbortSignal.timeout(OTHER_TAB);
  try {
    await (navigator.locks?.request("anneal-yours", { signal: turn }, () => learnAlone(asked)) ?? learnAlone(asked)); // pages without TLS have none
  } catch (error) {
    throw error === turn.reason ? new UserError("Another tab is learning. Close it first.") : error;
  } finally {
    dismiss();
  }
}

async function learnAlone(asked: Learn): Promise<void> {
  const own = await lessonFor(asked);
  await own.learn();
  dismiss();
  const outcome = await own.finish();
  lesson = undefined;
  tell({ type: "finished", outcome });
}

/** A function of its own, so that the run's first weights, which the lesson copies, are forgotten when it learns. */
async function lessonFor(asked: Learn): Promise<Lesson> {
  const dataset = datasetOf(asked.pictures);
  const planned = await runFor(asked, dataset);
  const own = await started();
  const there = await helper(planned);
  const run = isLimited(asked) ? within(await affordableImages(own, planned, dataset, there), planned) : planned;
  lesson = new Lesson(own, run, dataset, there, tell);
  await lesson.keep();
  await keep("outcome", undefined);
  lesson.pause(isPaused);
  return lesson;
}

/** Milliseconds that a new run may take, unless the visitor says how many images it sees; and the fewest of these. */
const [LONGEST, LEAST] = [240_000, 3000];
/** Steps that are timed and forgotten, the first of which compile. */
const [COMPILED, TIMED] = [2, 10];

const isLimited = (asked: Learn): boolean => (asked.type === "continue" ? asked.more === true : asked.wishes.images === undefined);

/** Images that fit in that time, at the speed of steps that change nothing. */
async function affordableImages(own: Backend, { course, state }: Run, dataset: Dataset, there: GradientOf | undefined): Promise<number> {
  const steps = new TrainingSteps(own, course, dataset, state, there);
  for (let k = 0; k < COMPILED; k++) await steps.advance();
  const began = performance.now();
  for (let k = COMPILED; k < TIMED; k++) await steps.advance();
  const each = (performance.now() - began) / (TIMED - COMPILED) / course.batch;
  steps.dispose();
  return Math.max(LEAST, Math.floor(LONGEST / each));
}

/** The run with at most so many images. */
const within = (most: number, { course, ...run }: Run): Run => {
  const images = Math.min(course.images, most);
  return { ...run, course: { ...course, images, steps: Math.ceil(images / course.batch) } };
};

/** The run that is kept, or a new one. */
async function runFor(asked: Learn, dataset: Dataset): Promise<Run> {
  const earlier = asked.type === "continue" ? await kept("run") : undefined;
  if (earlier && asked.type === "continue" && !asked.more) return earlier;
  const { images, seed } = asked.type === "learn" ? asked.wishes : { images: undefined, seed: `${earlier?.course.seed}, more` };
  const from = asked.type === "learn" && asked.from ? modelIn(asked.from) : earlier ? learnedBy(earlier) : await base();
  if (from.card.spec.channels < dataset.channels)
    throw new UserError("The model to start from draws in grey, and your pictures are in colour.");
  const isFromRounded = from.weights.convolutions.size > 0;
  return { ...begin(dataset, { preset: "default", seed, images }, from), about: aboutOf(asked.pictures), isFromRounded, log: [] };
}

/** The visitor's own model file. */
function modelIn(file: Uint8Array): ModelContents {
  try {
    return readModel(file);
  } catch {
    throw new UserError("The file to start from is no model of Anneal.");
  }
}

/** What a run has learned, to start another one from. */
const learnedBy = ({ course, about, state, best }: Run): ModelContents => ({
  card: Lesson.cardOf(course, about, state.step),
  weights: { floats: best ?? state.average, convolutions: new Map() },
});

/** What to tell the visitor of an error. The console has the details. */
function sentenceOf(error: unknown): string {
  if (error instanceof UserError) return error.message;
  console.error(error);
  return cannotTrain();
}

addEventListener("message", ({ data }: MessageEvent<ToLearner>) => {
  switch (data.type) {
    case "start":
      half = data.half;
      break;
    case "help":
      help(data.half);
      break;
    case "pause":
      isPaused = data.isPaused;
      lesson?.pause(isPaused);
      break;
    case "stop":
      lesson?.stop();
      break;
    case "learn":
    case "continue":
      learn(data).catch((error) => tell({ type: "failed", sentence: sentenceOf(error) }));
  }
});
