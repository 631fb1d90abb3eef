/**
 * The Web Worker that learns the visitor's pictures with TensorFlow.js on its WASM backend, as `npx anneal train` does: the
 * same files from the same pictures, but for an enlarger, which learns less. It is started for one run. As a helper it
 * computes half of each batch's gradient.
 */
import * as tf from "@tensorflow/tfjs";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import wasmFile from "@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url";
import type { Backend } from "../../../training/backend/step.ts";
import { wasmBackend } from "../../../training/backend/wasm.ts";
import { UserError } from "../../../training/cli/user-error.ts";
import { planFinishing } from "../../../training/finishing/plan.ts";
import { type Gradient, type GradientOf, type GradientRequest, networkGradient } from "../../../training/learning/gradient.ts";
import { secondsPerStep } from "../../../training/learning/learn.ts";
import { begin, within } from "../../../training/learning/settings.ts";
import { asBase } from "../../../training/learning/start.ts";
import { constantsOf, Trainer } from "../../../training/learning/trainer.ts";
import type { Guidance } from "../../../training/network/loss.ts";
import type { Parameters as Values } from "../../../training/network/parameters.ts";
import { readModel } from "../../../wasm-model/model/onnx/reader.ts";
import type { ModelContents } from "../../../wasm-model/model/onnx/writer.ts";
import type { NetworkSpec } from "../../../wasm-model/network/spec.ts";
import { nextTurn } from "../../../wasm-model/render/turn.ts";
import { fileAt, NotThere } from "../../drawing/downloads.ts";
import type { ProgressDetail } from "../../drawing/protocol.ts";
import { answer, type CallOptions, caller } from "../../drawing/rpc.ts";
import { type ChosenImages, datasetOf } from "./dataset.ts";
import { STEPS } from "./enlarging.ts";
import { keep, kept, withNew } from "./kept.ts";
import { cannotTrain, type FromLearner, type KeptRun, type Learn, type ToLearner } from "./protocol.ts";
import { type Control, type Learned, outcomeOf, type PreparedRun, train } from "./session.ts";

const tell = (message: FromLearner): void => postMessage(message);

function started(): Promise<Backend> {
  const file = new URL(wasmFile, import.meta.url).href;
  // The file with threads of its own would need a page that is isolated from others; none is without SIMD.
  setWasmPaths({ "tfjs-backend-wasm-simd.wasm": file, "tfjs-backend-wasm-threaded-simd.wasm": file, "tfjs-backend-wasm.wasm": file });
  return wasmBackend(tf, "wasm");
}

/** What the helper's gradients are of. */
type Network = readonly [spec: NetworkSpec, constants: Values, guidance: Guidance, pretrained: Values | undefined];

let gradient: ReturnType<typeof networkGradient> | undefined;

/** What this thread can be asked as a helper. */
const HELP = {
  async prepare(network: Network, _: Call): Promise<void> {
    gradient = networkGradient(await started(), ...network);
  },
  gradient: async (request: GradientRequest, _: Call): Promise<Gradient> => gradient!.of(...request),
};

type Call = CallOptions<never>;
const CALL: Call = { signal: new AbortController().signal, onProgress() {} };

let helper: ReturnType<typeof caller<typeof HELP>> | undefined;

/** The gradient of half a batch by the helper, if there is one that works. Once it fails, by this thread. */
async function helped(own: Backend, { settings, state, pretrained }: KeptRun): Promise<GradientOf | undefined> {
  if (!helper) return undefined;
  const { call } = helper;
  const network: Network = [settings.spec, constantsOf(state), settings.recipe.guidance, pretrained];
  let alone: GradientOf | undefined;
  const goOnAlone = (error: unknown): void => {
    console.warn(error);
    alone = networkGradient(own, ...network).of;
  };
  await call("prepare", network, CALL).catch(goOnAlone);
  return async (unit, batch, phase) => {
    // a copy of the weights, since a view is sent with all of the memory that it shows a part of
    const answer = alone ? undefined : await call("gradient", [unit.slice(), batch, phase], CALL).catch(goOnAlone);
    return answer ?? alone!(unit, batch, phase);
  };
}

async function base(signal: AbortSignal): Promise<ModelContents> {
  const url = new URL(/* @vite-ignore */ "../base.onnx", import.meta.url).href; // beside assets/
  try {
    const onProgress = ({ done, total }: ProgressDetail): void => tell({ type: "download", done, total });
    return asBase(readModel(await fileAt(url, {}, { signal, onProgress })));
  } catch (error) {
    throw error instanceof NotThere ? new UserError("The network to start from cannot be fetched. Try again later.") : error;
  }
}

let goOn: () => void = () => undefined;
/** Ends the run early: it is thrown by a run that has learned nothing yet. */
const stopped = new AbortController();
const control: Control = { stopped: stopped.signal, paused: undefined };

function setPaused(isPaused: boolean): void {
  goOn();
  control.paused = isPaused ? new Promise((resolve) => (goOn = resolve)) : undefined;
}

async function learn(asked: Learn): Promise<void> {
  const run = await prepared(asked);
  let learned: Learned;
  try {
    learned = await train(run, control, tell);
  } catch (error) {
    if (error instanceof UserError) await keep({ run: undefined }); // it leads nowhere
    throw error;
  }
  tell({ type: "learned" });
  const outcome = await outcomeOf(run, learned, tell);
  tell({ type: "finished", outcome, isKept: await keep({ run: undefined, ...withNew(await kept("outcome"), outcome) }) });
}

async function prepared(asked: Learn): Promise<PreparedRun> {
  const { run, dataset } = asked.type === "continue" ? await keptRun() : await newRun(asked);
  const { state, ...rest } = run;
  const backend = await started();
  const otherThread = await helped(backend, run);
  const settings =
    asked.type === "learn" && asked.wishes.images === undefined
      ? within(await affordableImages(backend, run, dataset, otherThread), run.settings)
      : run.settings;
  const trainer = new Trainer(backend, settings, state, { pretrained: run.pretrained, otherThread });
  return { ...rest, settings, backend, dataset, trainer };
}

/** Milliseconds that a new run may take, unless the visitor says how many images it sees; and the fewest of these. */
const [LONGEST, LEAST] = [240_000, 3000];
/** Images that fit in that time, at the speed of steps that change nothing. */
async function affordableImages(backend: Backend, { settings, state }: KeptRun, dataset: ChosenImages, otherThread?: GradientOf) {
  const trainer = new Trainer(backend, settings, state, { otherThread });
  const seconds = await secondsPerStep(settings, dataset, trainer, async () => {
    await nextTurn(); // messages arrive
    stopped.signal.throwIfAborted();
  });
  return Math.max(LEAST, Math.floor((LONGEST / (1000 * seconds)) * settings.batch));
}

async function keptRun() {
  const { run } = await kept("run");
  if (!run) throw new UserError("The run is no longer kept on this device. Another tab has ended it.");
  return { run, dataset: datasetOf(run.pictures) };
}

async function newRun({ pictures, wishes: { images, seed }, from: file }: Extract<Learn, { type: "learn" }>) {
  const dataset = datasetOf(pictures);
  const pretrained = await base(stopped.signal);
  const from = file ? await modelIn(file) : pretrained;
  if (from.card.spec.channels < dataset.channels)
    throw new UserError("The model to start from draws in grey, and your pictures are in colour.");
  const isFromRounded = from.weights.convolutions.size > 0;
  const { settings, ...beginning } = begin(dataset, { seed, images }, from, pretrained);
  const planned = { ...settings, ...planFinishing(settings, { cutOuts: 0, large: dataset.large.length }, { enlarger: STEPS }) };
  return { dataset, run: { ...beginning, settings: planned, pictures, isFromRounded, enlarger: from.enlarger, log: [] } };
}

/** The visitor's own model file. */
async function modelIn(file: Blob): Promise<ModelContents> {
  try {
    return readModel(new Uint8Array(await file.arrayBuffer()));
  } catch {
    throw new UserError("The file to start from is no model of Anneal.");
  }
}

/** What to tell the visitor of an error. The console has the details. */
function sentenceOf(error: unknown): string {
  if (error instanceof UserError) return error.message;
  console.error(error);
  return cannotTrain();
}

addEventListener("message", ({ data }: MessageEvent<ToLearner>) => {
  switch (data.type) {
    case "help":
      answer(data.half, HELP);
      break;
    case "alone":
      helper?.fail(new Error("Expected the helper to run but it has failed"));
      break;
    case "pause":
      setPaused(data.isPaused);
      break;
    case "stop":
      stopped.abort(new UserError("It was stopped before it had learned anything."));
      setPaused(false);
      break;
    case "learn":
    case "continue":
      if (data.half) helper = caller(data.half);
      learn(data).catch((error) => tell({ type: "failed", sentence: sentenceOf(error) }));
  }
});
