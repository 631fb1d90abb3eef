/** `npm run distill`: trains a student that draws in a few evaluations what its teacher draws in many, through the very sampler that it will be used with. */
import { Option } from "commander";
import type { Model } from "../wasm-model/onnx/writer.ts";
import { type BackendName, chooseBackend } from "./backend/index.ts";
import { newCommand, numberIn, runCommandLine } from "./command-line.ts";
import { type Dataset, expectFits, loadDataset } from "./data/load.ts";
import { type DistillConfig, METHODS, type Method } from "./distill/config.ts";
import { classifierSpace, type FeatureSpace, jointSpace, teacherSpace } from "./distill/features.ts";
import { distill } from "./distill/session.ts";
import { createDistillation, readDistillation } from "./distill/state.ts";
import { readClassifier } from "./evaluate/classifier-file.ts";
import { noClassifier } from "./evaluate/command.ts";
import { openReference } from "./evaluate/reference.ts";
import { listOf } from "./lists.ts";
import { readFp32Model } from "./read-model.ts";
import { readSchedules } from "./schedule.ts";
import type { Tf } from "./score-network.ts";
import { UserError } from "./user-error.ts";

interface Flags {
  readonly out: string;
  readonly resume: boolean;
  readonly dryRun: boolean;
  readonly dataDir?: string;
  readonly classifier?: string;
  readonly backend: BackendName | "auto";
  readonly cache: string;
  readonly checkpointEvery: number;
  readonly reportEvery: number;
  readonly nfe?: number;
  readonly schedule?: string;
  readonly method?: readonly Method[];
  readonly features: readonly string[];
  readonly images: number;
  readonly batch: number;
  readonly learningRate: number;
  readonly decay: number;
  readonly averageDecay: number;
  readonly conditioningOnly: boolean;
  readonly fakeQuantization: boolean;
  readonly auxiliaryUpdates: number;
  readonly auxiliaryRate: number;
  readonly auxiliaryHeadStart: number;
  readonly window: number;
  readonly classWeight: number;
  readonly frechetWeight: number;
  readonly adversaryWeight: number;
  readonly denoisingWeight: number;
  readonly seed: string;
}

function commandLine(argv: readonly string[]): { teacher: string | undefined; flags: Flags } {
  const command = newCommand("distill")
    .description(
      "Trains a student of few evaluations by drawing with it. The folder holds its configuration, log, pictures, checkpoint and the best student so far.",
    )
    .argument("[model-fp32.onnx]", "the teacher, whose weights the student begins at")
    .requiredOption("--out <folder>", "the run folder: new, or with --resume an existing one")
    .option("--resume", "go on with the run in --out", false)
    .option("--dry-run", "print the configuration and stop", false)
    .option("--schedule <schedules.json>", "noise levels, churn and extrapolation of each step, as `npm run tune -- --nfe` writes them")
    .option("--nfe <n>", "which of these schedules, by its evaluations", numberIn("nfe", 1, 16))
    .option("--method <list>", `what the student learns by: ${METHODS.join(", ")}, or several of them`, listOf("method", methodIn))
    .option(
      "--features <list>",
      "for frechet: classifiers to measure by, not the one of `npm run evaluate` (default: the teacher's own maps)",
      listOf("features", (file) => file),
      [],
    )
    .option("--images <n>", "pictures to learn from", numberIn("images", 1, 1e9), 200_000)
    .option("--batch <n>", "pictures per step", numberIn("batch", 1, 4096), 128)
    .option("--learning-rate <x>", "peak learning rate", numberIn("learning-rate", 1e-7, 1, "any"), 3e-4)
    .option("--decay <share>", "share of the run over which it falls to zero", numberIn("decay", 0, 1, "any"), 0.6)
    .option("--average-decay <x>", "of the running average of the weights, per step", numberIn("average-decay", 0, 1, "any"), 0.99)
    .option("--conditioning-only", "leave the convolutions as they are: only embeddings and gains learn", false)
    .option("--fake-quantization", "round as an int8 model will", false)
    .option(
      "--auxiliary-updates <n>",
      "for matching and rematch: updates of the auxiliary denoiser per step",
      numberIn("auxiliary-updates", 1, 100),
      5,
    )
    .option("--auxiliary-rate <x>", "its peak learning rate", numberIn("auxiliary-rate", 1e-7, 1, "any"), 1e-3)
    .option("--auxiliary-head-start <n>", "steps before the student's first", numberIn("auxiliary-head-start", 0, 1e6), 0)
    .option("--window <n>", "for frechet: pictures of the running population", numberIn("window", 128, 1e6), 8192)
    .option("--class-weight <x>", "for frechet: weight of the distances of class means", numberIn("class-weight", 0, 1e6, "any"), 1)
    .option("--frechet-weight <x>", "weight of frechet beside another method", numberIn("frechet-weight", 0, 1e6, "any"), 1)
    .option("--adversary-weight <x>", "weight of adversary beside another method", numberIn("adversary-weight", 0, 1e6, "any"), 1)
    .option("--denoising-weight <x>", "weight of the denoising loss on training images", numberIn("denoising-weight", 0, 1e6, "any"), 0)
    .option("--seed <text>", "seed of all that is random", "distill")
    .option("--data-dir <folder>", "where the files of a named data set lie")
    .option("--classifier <file>", "the classifier that students are measured with (default: the data set's own)")
    .option("--cache <folder>", "where features of training images are kept", "runs/evaluate")
    .option("--checkpoint-every <seconds>", "time between checkpoints", numberIn("checkpoint-every", 0, 86400, "any"), 60)
    .option("--report-every <n>", "pictures between reports", numberIn("report-every", 1, 1e9), 6400)
    .addOption(new Option("--backend <name>", "what computes").choices(["auto", "native", "wasm"]).default("auto"))
    .parse(argv);
  return { teacher: command.args[0], flags: command.opts<Flags>() };
}

function methodIn(text: string): Method {
  const method = METHODS.find((name) => name === text);
  if (method) return method;
  throw new UserError(`Expected some of ${METHODS.join(", ")} for \`method\` but received ${text}`);
}

/** The configuration of a new run. Throws a UserError for what does not go together. */
function configOf(teacher: string, data: string, flags: Flags): DistillConfig {
  const { schedule: path, nfe, method: methods = ["frechet"], features } = flags;
  if (path === undefined || nfe === undefined)
    throw new UserError("Expected a file and a number of evaluations for `schedule` and `nfe` but received nothing");
  const schedule = readSchedules(path, "schedule").find(({ sigmas }) => sigmas.length === nfe);
  if (!schedule) throw new UserError(`Expected a schedule of ${nfe} evaluations in \`${path}\` but it has none`);
  if (methods.includes("matching") && methods.includes("rematch")) {
    throw new UserError("Expected one of matching, rematch for `method` but received both");
  }
  const {
    images,
    batch,
    learningRate,
    decay,
    averageDecay,
    conditioningOnly,
    fakeQuantization,
    auxiliaryUpdates,
    auxiliaryRate,
    auxiliaryHeadStart,
  } = flags;
  const { window, classWeight, frechetWeight, adversaryWeight, denoisingWeight, seed } = flags;
  return {
    ...{
      teacher,
      data,
      methods: [...methods],
      schedule,
      images,
      batch,
      learningRate,
      decay,
      averageDecay,
      conditioningOnly,
      fakeQuantization,
    },
    ...{
      auxiliaryUpdates,
      auxiliaryRate,
      auxiliaryHeadStart,
      features: [...features],
      window,
      classWeight,
      frechetWeight,
      adversaryWeight,
      denoisingWeight,
      seed,
    },
  };
}

/** Of the classifiers in the files, or of the teacher where there are none. */
function featureSpace(tf: Tf, teacher: Model, dataset: Dataset, files: readonly string[]): FeatureSpace {
  const classifiers = files.map((file) => readClassifier(dataset, file)).filter((one) => one !== undefined);
  return classifiers.length > 0 ? jointSpace(classifiers.map((classifier) => classifierSpace(tf, classifier))) : teacherSpace(tf, teacher);
}

await runCommandLine(async () => {
  const { teacher: path, flags } = commandLine(process.argv);
  if (!flags.resume) {
    if (path === undefined) throw new UserError("Expected the teacher's file for `model-fp32.onnx` but received nothing");
    const teacher = readFp32Model(path, "model-fp32.onnx");
    const config = configOf(path, teacher.card.training.data, flags);
    if (flags.dryRun) {
      console.log(JSON.stringify(config, null, 2));
      return;
    }
    createDistillation(flags.out, config, teacher);
  }
  const { config, teacher } = readDistillation(flags.out);
  const backend = await chooseBackend(flags.backend);
  console.log(`${backend.describe}; ${config.methods.join(" and ")}, ${config.schedule.sigmas.length} evaluations`);
  const dataset = await loadDataset(config.data, { dataDir: flags.dataDir });
  expectFits(dataset, teacher.card.spec, "the teacher");
  const classifier = readClassifier(dataset, flags.classifier);
  if (!classifier) throw new UserError(noClassifier(dataset));
  const reference = await openReference(backend.tf, dataset, classifier, flags.cache);
  const space = config.methods.includes("frechet") ? featureSpace(backend.tf, teacher, dataset, config.features) : undefined;
  await distill(backend, { folder: flags.out, config, teacher, dataset, reference, space, ...flags });
});
