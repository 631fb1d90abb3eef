/** `npm run train`: trains a score network on a data set, in a run folder that can be resumed. */
import { isDeepStrictEqual } from "node:util";
import { Option } from "commander";
import type { Model } from "../wasm-model/model/onnx/writer.ts";
import { macsOf, parametersOf } from "../wasm-model/network/count.ts";
import { ACTIVATION_BOUND, NETWORKS, type NetworkName } from "../wasm-model/network/spec.ts";
import { OPTIONS } from "../wasm-model/request/options.ts";
import { type BackendName, chooseBackend } from "./backend/index.ts";
import type { TrainingState } from "./checkpoint.ts";
import { newCommand, numberIn, runCommandLine } from "./command-line.ts";
import { trainingSha256 } from "./data/fingerprint.ts";
import { type Dataset, expectFits, loadDataset } from "./data/load.ts";
import { statistics } from "./data/statistics.ts";
import { describeSize, shapeFor, usualNetwork } from "./network-shape.ts";
import { initialParameters, sizeOf, storedParameters } from "./parameters.ts";
import { readFp32Model } from "./read-model.ts";
import { RECIPE } from "./recipe.ts";
import { createRun, expectNewRun, type LogEntry, readConfig, readLog, readStateToResume, readTeacher, writeConfig } from "./run.ts";
import { expectExportable, type RunConfig } from "./run-config.ts";
import { lockRun } from "./run-lock.ts";
import { train } from "./session.ts";
import { initialState } from "./trainer.ts";
import { thisProcessor } from "./training-time.ts";
import { UserError } from "./user-error.ts";

interface Flags {
  readonly data?: string;
  readonly dataDir?: string;
  readonly out: string;
  readonly images?: number;
  readonly network?: NetworkName;
  readonly batch?: number;
  readonly learningRate?: number;
  readonly seed?: string;
  readonly backend: BackendName | "auto";
  readonly checkpointEvery: number;
  readonly resume: boolean;
  readonly init?: string;
  readonly guidance?: number;
  readonly guidanceSigmaMax?: number;
  readonly dryRun: boolean;
}

/** Of the ranges that were tried on Fashion-MNIST the one that gave the best images (training/README.md). */
const GUIDANCE_SIGMA_MAX = 1.2;
const DEFAULTS = { images: 2_000_000, batch: 128, learningRate: 1e-2, seed: "anneal" } as const;

/** What a run keeps, so that `--resume` takes none of it. */
const KEPT = {
  data: "data",
  images: "images",
  network: "network",
  batch: "batch",
  learningRate: "learning-rate",
  seed: "seed",
  init: "init",
  guidance: "guidance",
  guidanceSigmaMax: "guidance-sigma-max",
} as const;

function commandLine(argv: readonly string[]): Flags {
  return newCommand("train")
    .description("Trains a score network by denoising score matching. A run folder holds its configuration, log, pictures and checkpoints.")
    .requiredOption("--out <folder>", "the run folder: new, or with --resume an existing one")
    .option("--data <name or folder>", "fashion-mnist, mnist, or a folder of IDX files (needed for a new run)")
    .option(
      "--data-dir <folder>",
      "where the files of a named data set lie (default: the first of environment ANNEAL_DATA, the Debian package, a download)",
    )
    .option("--images <n>", `training images, with repetition (default: ${DEFAULTS.images})`, numberIn("images", 1, 1e9))
    .addOption(new Option("--network <name>", "shape of the network (default: by the size of the images)").choices(Object.keys(NETWORKS)))
    .option("--batch <n>", `images per step (default: ${DEFAULTS.batch})`, numberIn("batch", 1, 4096))
    .option("--learning-rate <x>", `peak learning rate (default: ${DEFAULTS.learningRate})`, numberIn("learning-rate", 1e-6, 1, "any"))
    .option("--seed <text>", `seed of weights, order and noise (default: ${DEFAULTS.seed})`)
    .addOption(new Option("--backend <name>", "what computes").choices(["auto", "native", "wasm"]).default("auto"))
    .option("--checkpoint-every <seconds>", "time between checkpoints", numberIn("checkpoint-every", 1, 86400, "any"), 60)
    .option("--resume", "go on with the run in --out", false)
    .option("--init <model-fp32.onnx>", "start from these weights instead of random ones")
    .option(
      "--guidance <w>",
      "learn to denoise as the model of --init does with this guidance weight (guidance distillation), at no cost in sampling; take a --learning-rate of about 0.003",
      numberIn("guidance", 0, OPTIONS.guidance.domain.max, "any"),
    )
    .option(
      "--guidance-sigma-max <x>",
      `highest noise level that --guidance guides (default: ${GUIDANCE_SIGMA_MAX})`,
      numberIn("guidance-sigma-max", 1e-6, 1e6, "any"),
    )
    .option("--dry-run", "print configuration, cost and data statistics, and stop", false)
    .parse(argv)
    .opts<Flags>();
}

interface Plan {
  readonly config: RunConfig;
  readonly dataset: Dataset;
  readonly state: TrainingState;
  readonly teacher: Model | undefined;
  readonly log: readonly LogEntry[];
}

async function planNew(flags: Flags): Promise<Plan> {
  if (flags.data === undefined) throw new UserError("Expected a data set's name or an IDX folder for `data` but received nothing");
  const guidance = guidanceOf(flags);
  const dataset = await loadDataset(flags.data, { dataDir: flags.dataDir });
  const source = flags.init === undefined ? undefined : initialModel(flags.init, dataset, flags.network);
  const network = flags.network ?? usualNetwork(dataset);
  const { spec, crop } = source?.card ?? shapeFor(dataset, network);
  const { images, batch, learningRate, seed } = { ...DEFAULTS, ...flags };
  const config: RunConfig = {
    data: flags.data,
    dataLicence: dataset.licence,
    dataSha256: trainingSha256(dataset),
    labels: dataset.labels,
    network: source?.card.training.network ?? network,
    spec: { bound: ACTIVATION_BOUND, ...spec },
    crop,
    images,
    init: flags.init,
    imagesBefore: source?.card.training.images ?? 0,
    guidance,
    batch,
    steps: Math.ceil(images / batch),
    learningRate,
    recipe: RECIPE,
    seed,
    processors: [thisProcessor()],
  };
  expectExportable(config);
  if (!flags.dryRun) expectNewRun(flags.out);
  const random = initialParameters(config.spec, seed);
  const weights = source ? storedParameters(config.spec, new Map([...random, ...source.weights.floats])) : random;
  return { config, dataset, state: initialState(config.spec, weights), teacher: guidance && source, log: [] };
}

/** Throws a UserError where there is nothing to guide. */
function guidanceOf({ init, guidance, guidanceSigmaMax }: Flags): RunConfig["guidance"] {
  if (guidanceSigmaMax !== undefined && guidance === undefined) {
    throw new UserError("Expected `guidance` together with `guidance-sigma-max` but received nothing");
  }
  if (guidance === undefined) return undefined;
  if (init === undefined)
    throw new UserError("Expected the teacher's model-fp32.onnx for `init` together with `guidance` but received nothing");
  return { weight: guidance, sigmaMax: guidanceSigmaMax ?? GUIDANCE_SIGMA_MAX };
}

async function planResumed(flags: Flags): Promise<Plan> {
  const given = Object.entries(KEPT).flatMap(([key, name]) => (flags[key as keyof typeof KEPT] === undefined ? [] : [`\`${name}\``]));
  if (given.length > 0) throw new UserError(`Expected no ${given.join(", ")} together with \`resume\`: the run keeps its own`);
  const config = readConfig(flags.out);
  // Before checkpoint and log are read, which another process may change.
  if (!flags.dryRun) lockRun(flags.out);
  const state = readStateToResume(flags.out, config, console.log);
  const dataset = await loadDataset(config.data, { dataDir: flags.dataDir });
  expectFits(dataset, { ...config.spec, ...config.crop }, `the run in \`${flags.out}\``);
  expectSameImages(dataset, config, flags.out);
  return { config, dataset, state, teacher: readTeacher(flags.out, config), log: readLog(flags.out, state.step) };
}

/** Throws a UserError unless the training images are those that the run began with, as far as it tells. */
function expectSameImages(dataset: Dataset, { dataSha256 }: RunConfig, run: string): void {
  const received = trainingSha256(dataset);
  if (dataSha256 !== undefined && dataSha256 !== received) {
    throw new UserError(
      `Expected the training images that the run in \`${run}\` began with, of the SHA-256 ${dataSha256}, in \`${dataset.folder}\` but received others, of ${received}`,
    );
  }
}

/** The configuration of a run that goes on here, unless it is done: with this processor and this training set, where the run tells of its first ones. */
function configHere({ config, dataset, state }: Plan): RunConfig {
  if (state.step >= config.steps) return config;
  const { processors, dataSha256 = trainingSha256(dataset) } = config;
  const here = thisProcessor();
  const isNew = processors !== undefined && !processors.includes(here);
  return { ...config, dataSha256, ...(isNew && { processors: [...processors, here] }) };
}

/** The fp32 model of `--init`, which must fit the data and, if one is asked for, the network. */
function initialModel(path: string, dataset: Dataset, network: NetworkName | undefined): Model {
  const model = readFp32Model(path, "init");
  const { spec, crop, training } = model.card;
  if (network !== undefined && network !== training.network) {
    throw new UserError(`Expected ${training.network}, the network of the model in \`init\`, for \`network\` but received ${network}`);
  }
  expectFits(dataset, { ...spec, ...crop }, "the model in `init`");
  return model;
}

function describe({ config, dataset }: Plan): string {
  const { mean, std, classCounts } = statistics(dataset);
  const count = [...parametersOf(config.spec).values()].reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  return [
    JSON.stringify(config, null, 2),
    `images: ${describeSize(config)}`,
    `network: ${(macsOf(config.spec) / 1e6).toFixed(1)} MMAC per evaluation, ${(count / 1e6).toFixed(2)} M parameters`,
    `data: ${dataset.folder}, ${dataset.train.count} training and ${dataset.test.count} held-out images, mean ${mean.toFixed(3)}, std ${std.toFixed(3)} in [-1, 1]`,
    ...dataset.labels.map((label, i) => `  ${label}: ${classCounts[i]}`),
  ].join("\n");
}

await runCommandLine(async () => {
  const flags = commandLine(process.argv);
  const plan = await (flags.resume ? planResumed(flags) : planNew(flags));
  if (flags.dryRun) {
    console.log(describe(plan));
    return;
  }
  // Last: TensorFlow's library writes lines of its own when it loads.
  const backend = await chooseBackend(flags.backend);
  const config = configHere(plan);
  if (!flags.resume) {
    createRun(flags.out, config, plan.state, plan.teacher);
    lockRun(flags.out);
  } else if (!isDeepStrictEqual(config, plan.config)) writeConfig(flags.out, config);
  console.log(
    `${backend.describe}; ${plan.config.network} on ${plan.config.data} from ${plan.dataset.folder}, step ${plan.state.step} of ${plan.config.steps}`,
  );
  const isFinished = await train(backend, { ...plan, config, folder: flags.out, checkpointEvery: flags.checkpointEvery });
  if (!isFinished) process.exitCode = 130;
});
