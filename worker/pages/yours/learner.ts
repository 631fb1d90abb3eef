/**
 * The Web Worker that learns the visitor's pictures with TensorFlow.js on its WASM backend, as `npx anneal train` does: the
 * same files from the same pictures, but for what finishes images, which learns less. It is started for one run. On more than one core it starts
 * another one like it, which computes half of each batch's gradient.
 */
import * as tf from "@tensorflow/tfjs";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import wasmFile from "@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url";
import type { Backend } from "../../../training/backend/step.ts";
import { wasmBackend } from "../../../training/backend/wasm.ts";
import { UserError } from "../../../training/cli/user-error.ts";
import { planFinishing } from "../../../training/finishing/plan.ts";
import { LEAST_IMAGES } from "../../../training/learning/defaults.ts";
import { type Gradient, type GradientOf, type GradientRequest, networkGradient } from "../../../training/learning/gradient.ts";
import { imagesWithin, secondsPerStep } from "../../../training/learning/learn.ts";
import { begin, cardFor, expectHeld, limitImages } from "../../../training/learning/settings.ts";
import { constantsOf, Trainer } from "../../../training/learning/trainer.ts";
import { contrastAt } from "../../../training/measure/contrast.ts";
import type { Guidance } from "../../../training/network/loss.ts";
import type { Parameters as Values } from "../../../training/network/parameters.ts";
import { readFinisher, readModel } from "../../../wasm-model/model/onnx/reader.ts";
import type { ModelContents } from "../../../wasm-model/model/onnx/writer.ts";
import type { NetworkSpec } from "../../../wasm-model/network/spec.ts";
import { nextTurn } from "../../../wasm-model/render/turn.ts";
import { moduleThread } from "../../drawing/device.ts";
import { fileAt, NotThere } from "../../drawing/downloads.ts";
import type { ProgressDetail } from "../../drawing/protocol.ts";
import { answer, type CallOptions, caller, type Port } from "../../drawing/rpc.ts";
import { aboutOf, type ChosenImages, datasetOf } from "./dataset.ts";
import type { Assignment, Begin, KeptRun, LearnerCalls, LearnerProgress, LearnerResult } from "./protocol.ts";
import { type Control, makeOutcome, noteTime, type PreparedRun, train } from "./session.ts";
import { readRun } from "./store.ts";

function startBackend(): Promise<Backend> {
  const file = new URL(wasmFile, import.meta.url).href;
  // The file with threads of its own would need a page that is isolated from others; none is without SIMD.
  setWasmPaths({ "tfjs-backend-wasm-simd.wasm": file, "tfjs-backend-wasm-threaded-simd.wasm": file, "tfjs-backend-wasm.wasm": file });
  return wasmBackend(tf, "wasm");
}

/** What the helper's gradients are of. */
type Network = readonly [spec: NetworkSpec, constants: Values, guidance: Guidance, pretrained: Values | undefined];
type Tell = (progress: LearnerProgress) => void;

/** Whether there is a core for a helper. */
const HAS_CORES = navigator.hardwareConcurrency > 1;

let gradient: ReturnType<typeof networkGradient> | undefined;

const CALLS = {
  learn: (assignment: Assignment, { onProgress }: CallOptions<LearnerProgress>) => learn(assignment, onProgress),
  pause: (isPaused: boolean): Promise<void> => setPaused(isPaused),
  async stop(): Promise<void> {
    stopped.abort(new UserError("It was stopped before it had learned anything."));
    setPaused(false);
  },
  /** Of a helper. */
  async prepare(network: Network): Promise<void> {
    gradient = networkGradient(await startBackend(), ...network);
  },
  contrast: (fp32: ModelContents): Promise<number> => contrastAt(0, fp32),
  gradient: async (request: GradientRequest): Promise<Gradient> => gradient!.gradientOf(...request),
} satisfies LearnerCalls & Record<string, unknown>;

/** Another thread of this script. What it was asked fails with it. */
function startThread() {
  const thread = moduleThread(location.href, (message) => fail(new Error(`The helper failed: ${message}`)));
  const { call, fail } = caller<typeof CALLS>(thread);
  return { call, thread };
}

/** The gradient of half a batch by another thread, if there is one that works. Once it fails, by this thread. */
function startHelper(own: Backend, { settings, state, pretrained }: KeptRun): { of: GradientOf | undefined; end(): void } {
  if (!HAS_CORES) return { of: undefined, end() {} };
  const { call, thread } = startThread();
  const network: Network = [settings.spec, constantsOf(state), settings.recipe.guidance, pretrained];
  let alone: GradientOf | undefined;
  const goOnAlone = (error: unknown): void => {
    console.warn(error);
    alone = networkGradient(own, ...network).gradientOf;
  };
  let prepared: Promise<void> | undefined = call("prepare", network)
    .catch(goOnAlone)
    .then(() => {
      prepared = undefined;
    });
  return {
    async of(unit, batch, phase) {
      if (prepared) await prepared; // then no more: this thread would compute its own half before the request is sent
      // a copy of the weights, since a view is sent with all of the memory that it shows a part of
      const answer = alone ? undefined : await call("gradient", [unit.slice(), batch, phase]).catch(goOnAlone);
      return answer ?? alone!(unit, batch, phase);
    },
    end: () => thread.terminate(),
  };
}

/** By another thread, which has no TensorFlow.js; by this one if it fails. */
const contrastElsewhere = (fp32: ModelContents): Promise<number> => {
  const { call, thread } = startThread();
  return call("contrast", fp32)
    .catch((error) => {
      console.warn(error);
      return contrastAt(0, fp32);
    })
    .finally(() => thread.terminate());
};

/** A file that runs start from. Throws a UserError if it cannot be fetched. */
async function startFile(name: "base" | "matte", tell: Tell): Promise<Uint8Array> {
  const url = new URL(/* @vite-ignore */ `../${name}.onnx`, import.meta.url).href; // beside assets/
  try {
    const onProgress = ({ done, total }: ProgressDetail): void => tell({ download: done < total ? done / total : undefined });
    return await fileAt(url, {}, { signal: stopped.signal, onProgress });
  } catch (error) {
    throw error instanceof NotThere ? new UserError("The network to start from cannot be fetched. Try again later.") : error;
  }
}

let goOn: () => void = () => undefined;
/** Ends the run early: it is thrown by a run that has learned nothing yet. */
const stopped = new AbortController();
const control: Control = { stopped: stopped.signal, paused: undefined };

/** Resolves once what is learned is kept, if it pauses. */
async function setPaused(isPaused: boolean): Promise<void> {
  goOn();
  control.paused = undefined;
  if (!isPaused) return;
  const until = new Promise<void>((resolve) => (goOn = resolve));
  await new Promise<void>((onKept) => (control.paused = { until, onKept }));
}

async function learn(assignment: Assignment, tell: Tell): Promise<LearnerResult> {
  noteTime("its script");
  try {
    const { run, end } = await prepareRun(assignment, tell);
    const learned = await train(run, control, tell);
    end(); // what comes now needs its memory
    tell({ isLearned: true });
    return { type: "finished", outcome: await makeOutcome(run, learned, tell, HAS_CORES ? contrastElsewhere : undefined) };
  } catch (error) {
    if (error instanceof UserError) return { type: "failed", sentence: error.message, leadsNowhere: true };
    throw error;
  }
}

async function prepareRun({ folder, key, begin }: Assignment, tell: Tell): Promise<{ readonly run: PreparedRun; end(): void }> {
  const dataset = datasetOf(folder);
  const found = await (begin ? newRun(dataset, begin, tell) : readRun(key));
  if (!found) throw new UserError("The run is no longer kept on this device.");
  noteTime("what it starts from");
  const matte = found.own?.matte ?? (found.settings.matte && readFinisher("matte", await startFile("matte", tell)));
  const run = { ...found, own: { ...found.own, matte } };
  expectHeld(cardFor(run.settings, aboutOf(folder, dataset, run.model)));
  const backend = await startBackend();
  const { of: otherThread, end } = startHelper(backend, run);
  const { state, pretrained, ...rest } = run;
  noteTime("TensorFlow.js");
  const isLimited = begin && begin.images === undefined && run.settings.images > LEAST_IMAGES;
  const settings = isLimited ? limitImages(await affordableImages(backend, run, dataset, otherThread), run.settings) : run.settings;
  noteTime("its speed");
  const trainer = new Trainer(backend, settings, state, { pretrained, otherThread });
  return { run: { ...rest, pretrained, settings, backend, key, dataset, folder, trainer }, end };
}

/** Seconds that a new run may take, unless the visitor says how many images it sees. */
const LONGEST = 240;
/** Images that fit in that time, at the speed of steps that change nothing. */
async function affordableImages(backend: Backend, { settings, state }: KeptRun, dataset: ChosenImages, otherThread?: GradientOf) {
  const trainer = new Trainer(backend, settings, state, { otherThread });
  const seconds = await secondsPerStep(settings, dataset, trainer, async () => {
    await nextTurn(); // messages arrive
    stopped.signal.throwIfAborted();
  });
  return imagesWithin(LONGEST, seconds, settings);
}

async function newRun(dataset: ChosenImages, { images, seed, from: file, model }: Begin, tell: Tell): Promise<KeptRun> {
  const pretrained = readModel(await startFile("base", tell), true);
  const from = file ? await modelIn(file) : pretrained;
  if (from.card.spec.channels < dataset.channels)
    throw new UserError("The model to start from draws in grey, and your pictures are in colour.");
  const { settings, ...beginning } = begin(dataset, { seed, images }, from, pretrained);
  const pictures = { cutOuts: dataset.cutOuts ? dataset.train.count : 0, large: dataset.large.pictures.length };
  const planned = { ...settings, ...planFinishing(settings, pictures, "short") };
  const { enlarger, matte } = from;
  return { ...beginning, settings: planned, model, own: { enlarger, matte }, log: [] };
}

/** The visitor's own model file. */
async function modelIn(file: Blob): Promise<ModelContents> {
  try {
    return readModel(new Uint8Array(await file.arrayBuffer()));
  } catch {
    throw new UserError("The file to start from is no model of Anneal.");
  }
}

answer(globalThis as unknown as Port, CALLS);
