/** `npm run train`: trains the score network of a preset on a data set, in a run folder that can be resumed. */
import { readFileSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { Command, InvalidArgumentError, Option } from "commander";
import { macsOf, parametersOf } from "../wasm-model/count.ts";
import { type NetworkSpec, PRESETS, type Preset } from "../wasm-model/network.ts";
import { readModel } from "../wasm-model/onnx/reader.ts";
import type { Model } from "../wasm-model/onnx/writer.ts";
import { type BackendName, chooseBackend } from "./backend/index.ts";
import { BatchSource } from "./batches.ts";
import { readCheckpoint, writeCheckpoint } from "./checkpoint.ts";
import { type Dataset, loadDataset } from "./data/load.ts";
import { statistics } from "./data/statistics.ts";
import { heldOutLoss, heldOutTable } from "./held-out.ts";
import { initialParameters, type Parameters, sizeOf, storedParameters } from "./parameters.ts";
import { lossCurve, sampleGrid } from "./pictures.ts";
import { progress } from "./progress.ts";
import { createRun, type LogEntry, type RunConfig, readConfig, readLog, writeLog, writePictures } from "./run.ts";
import { SAMPLING_DEFAULTS } from "./sampling-defaults.ts";
import { tensorDenoiser } from "./tensor-denoiser.ts";
import { initialState, learningRate, Trainer } from "./trainer.ts";
import { runCommandLine, UserError } from "./user-error.ts";

interface Flags {
  readonly data?: string;
  readonly dataDir?: string;
  readonly out: string;
  readonly images?: number;
  readonly preset?: Preset;
  readonly batch?: number;
  readonly learningRate?: number;
  readonly seed?: string;
  readonly backend: BackendName | "auto";
  readonly checkpointEvery: number;
  readonly resume: boolean;
  readonly init?: string;
  readonly dryRun: boolean;
}

/** The values of what `--resume` takes from the run itself. */
const DEFAULTS = { images: 2_000_000, preset: "m32", batch: 128, learningRate: 1e-2, seed: "anneal" } as const;

const LOG_EVERY = 50;
/** Reports of held-out loss and sample grids over the run, and the test images each one uses; the last one uses all. */
const REPORTS = 20;
const REPORT_IMAGES = 500;

function numberIn(name: string, least: number, most: number, whole: boolean): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === "" || !(value >= least && value <= most) || (whole && !Number.isInteger(value))) {
      throw new InvalidArgumentError(`Expected a ${whole ? "whole " : ""}number from ${least} to ${most} for \`${name}\` but received "${text}"`);
    }
    return value;
  };
}

function commandLine(argv: readonly string[]): Flags {
  return new Command("train")
    .description("Trains a score network by denoising score matching. A run folder holds its configuration, log, pictures and checkpoints.")
    .requiredOption("--out <folder>", "the run folder: new, or with --resume an existing one")
    .option("--data <name or folder>", "fashion-mnist, mnist, or a folder of IDX files (needed for a new run)")
    .option("--data-dir <folder>", "where the files of a named data set lie (default: environment ANNEAL_DATA, the Debian package, a download)")
    .option("--images <n>", `training images, with repetition (default: ${DEFAULTS.images})`, numberIn("images", 1, 1e9, true))
    .addOption(new Option("--preset <name>", `network size (default: ${DEFAULTS.preset})`).choices(Object.keys(PRESETS)))
    .option("--batch <n>", `images per step (default: ${DEFAULTS.batch})`, numberIn("batch", 1, 4096, true))
    .option("--learning-rate <x>", `peak learning rate (default: ${DEFAULTS.learningRate})`, numberIn("learning-rate", 1e-6, 1, false))
    .option("--seed <text>", `seed of weights, order and noise (default: ${DEFAULTS.seed})`)
    .addOption(new Option("--backend <name>", "what computes").choices(["auto", "native", "wasm"]).default("auto"))
    .option("--checkpoint-every <seconds>", "time between checkpoints", numberIn("checkpoint-every", 1, 86400, false), 60)
    .option("--resume", "go on with the run in --out", false)
    .option("--init <model-fp32.onnx>", "start from these weights instead of random ones")
    .option("--dry-run", "print configuration, cost and data statistics, and stop", false)
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, "")) })
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
    .parse(argv)
    .opts<Flags>();
}

interface Plan {
  readonly config: RunConfig;
  readonly dataset: Dataset;
  /** Weights to begin with, before any checkpoint. */
  readonly weights: () => Parameters;
}

async function plan(flags: Flags): Promise<Plan> {
  if (flags.resume) {
    const fixed = (["data", "images", "preset", "batch", "learningRate", "seed", "init"] as const).filter((name) => flags[name] !== undefined);
    if (fixed.length > 0) throw new UserError(`Expected no \`${fixed.join("`, `")}\` together with \`resume\`: the run keeps its own`);
    const config = readConfig(flags.out);
    const dataset = await loadDataset(config.data, { dataDir: flags.dataDir });
    return { config, dataset, weights: () => initialParameters(config.spec, config.seed) };
  }
  if (flags.data === undefined) throw new UserError("Expected a data set's name or an IDX folder for `data` but received nothing");
  const dataset = await loadDataset(flags.data, { dataDir: flags.dataDir });
  const source = flags.init === undefined ? undefined : readInitialModel(flags.init, dataset, flags.preset);
  const preset = source?.card.training.preset ?? flags.preset ?? DEFAULTS.preset;
  const { images, batch, learningRate, seed } = { ...DEFAULTS, ...flags };
  const config: RunConfig = {
    data: flags.data,
    dataLicence: dataset.licence,
    labels: dataset.labels,
    preset,
    spec: source?.card.spec ?? specOf(dataset, preset as Preset),
    images,
    imagesBefore: source?.card.training.images ?? 0,
    batch,
    steps: Math.ceil(images / batch),
    learningRate,
    seed,
  };
  const random = (): Parameters => initialParameters(config.spec, seed);
  return { config, dataset, weights: source ? () => storedParameters(config.spec, new Map([...random(), ...source.weights.floats])) : random };
}

function specOf(dataset: Dataset, preset: Preset): NetworkSpec {
  const { height, width, channels, labels } = dataset;
  if (height % 4 !== 0 || width % 4 !== 0) {
    throw new UserError(`Expected images whose height and width are multiples of 4 for \`data\` but received ${height} x ${width} pixels`);
  }
  return { height, width, channels, classes: labels.length, sigmaData: sigmaData(dataset), ...PRESETS[preset] };
}

/** The fp32 model of `--init`, which must fit the data and, if one is asked for, the preset. */
function readInitialModel(path: string, dataset: Dataset, preset: Preset | undefined): Model {
  let model: Model;
  try {
    model = readModel(readFileSync(path));
  } catch (error) {
    throw new UserError(`Expected a model-fp32.onnx for \`init\` but received "${path}": ${(error as Error).message}`);
  }
  const { spec, training } = model.card;
  if (model.weights.convolutions.size > 0) throw new UserError(`Expected an fp32 model for \`init\` but received "${path}", which is quantized`);
  if (preset !== undefined && preset !== training.preset) {
    throw new UserError(`Expected the preset ${training.preset} of the model in \`init\` for \`preset\` but received ${preset}`);
  }
  const shapes = [spec, { ...dataset, classes: dataset.labels.length }].map(
    ({ height, width, channels, classes }) => `${height} x ${width} x ${channels} pixels and ${classes} classes`,
  );
  if (shapes[0] !== shapes[1]) throw new UserError(`Expected data of ${shapes[0]}, as the model in \`init\` has, but received ${shapes[1]}`);
  return model;
}

/** Standard deviation of the training data, to one decimal: the preconditioning needs no more. */
const sigmaData = (dataset: Dataset): number => Math.max(0.1, Number(statistics(dataset).std.toFixed(1)));

function describe(config: RunConfig, dataset: Dataset): string {
  const { mean, std, classCounts } = statistics(dataset);
  const count = [...parametersOf(config.spec).values()].reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  return [
    JSON.stringify(config, null, 2),
    `network: ${(macsOf(config.spec) / 1e6).toFixed(1)} MMAC per evaluation, ${(count / 1e6).toFixed(2)} M parameters`,
    `data: ${dataset.train.count} training and ${dataset.test.count} held-out images, mean ${mean.toFixed(3)}, std ${std.toFixed(3)} in [-1, 1]`,
    ...dataset.labels.map((label, i) => `  ${label}: ${classCounts[i]}`),
  ].join("\n");
}

async function main(): Promise<void> {
  const flags = commandLine(process.argv);
  const { config, dataset, weights } = await plan(flags);
  if (flags.dryRun) {
    console.log(describe(config, dataset));
    return;
  }
  const { tf, describe: backend } = await chooseBackend(flags.backend);
  if (!flags.resume) createRun(flags.out, config);
  const state = readCheckpoint(flags.out) ?? initialState(config.spec, weights());
  console.log(`${backend}; ${config.preset} on ${config.data}, step ${state.step} of ${config.steps}`);

  const { spec, steps } = config;
  const trainer = new Trainer(tf, spec, state);
  const batches = new BatchSource(dataset.train, spec.classes, config.batch, config.seed);
  const log: LogEntry[] = readLog(flags.out, state.step);
  const save = (): void => {
    writeCheckpoint(flags.out, spec, trainer.state());
    writeLog(flags.out, log);
  };
  const report = async (): Promise<void> => {
    const images = trainer.step === steps ? dataset.test.count : REPORT_IMAGES;
    log.push({ step: trainer.step, heldOut: await heldOutLoss(tf, spec, trainer.average, dataset.test, images) });
    writePictures(flags.out, trainer.step, {
      loss: lossCurve(log, config.batch),
      samples: await sampleGrid(spec, SAMPLING_DEFAULTS, tensorDenoiser(tf, spec, trainer.average), config.seed),
    });
  };

  let interrupted = false;
  process.once("SIGINT", () => {
    interrupted = true;
  });

  const bar = progress("training", steps * config.batch, trainer.step * config.batch);
  const reportEvery = Math.max(1, Math.floor(steps / REPORTS));
  let saved = performance.now();
  let logged = performance.now();
  let lossSum = 0;
  let lossCount = 0;
  while (trainer.step < steps && !interrupted) {
    const rate = learningRate(config.learningRate, trainer.step + 1, steps);
    const loss = trainer.train(batches.at(trainer.step + 1), rate);
    const { step } = trainer;
    if (!Number.isFinite(loss)) throw new UserError(`Expected a finite loss but step ${step} gave ${loss}: lower --learning-rate and resume`);
    lossSum += loss;
    lossCount += 1;
    bar.update(step * config.batch, `loss ${(lossSum / lossCount).toFixed(4)}`);
    if (step % LOG_EVERY === 0 || step === steps) {
      const now = performance.now();
      log.push({ step, loss: lossSum / lossCount, learningRate: rate, imagesPerSecond: Math.round((lossCount * config.batch * 1000) / (now - logged)) });
      [logged, lossSum, lossCount] = [now, 0, 0];
    }
    if (step % reportEvery === 0 || step === steps) await report();
    if (performance.now() - saved > flags.checkpointEvery * 1000 || step === steps) {
      save();
      saved = performance.now();
    }
    await setImmediate();
  }
  bar.stop();
  if (trainer.step < steps) {
    save();
    console.log(`stopped at step ${trainer.step} of ${steps}; go on with --resume`);
    process.exitCode = 130;
    return;
  }
  console.log(`finished: pictures in ${flags.out}; held-out loss of the averaged weights over ${dataset.test.count} images:`);
  console.log(heldOutTable(log.flatMap((entry) => ("heldOut" in entry ? [entry.heldOut] : [])).at(-1) ?? []));
}

await runCommandLine(main);
