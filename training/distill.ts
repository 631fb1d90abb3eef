/** `anneal distill`: trains a student that draws in a few evaluations what its teacher draws in many, through the very sampler that it will be used with. */
import { isDeepStrictEqual } from "node:util";
import { Option } from "commander";
import type { ModelCard } from "../wasm-model/model/card.ts";
import type { Model } from "../wasm-model/model/onnx/writer.ts";
import type { Schedule } from "../wasm-model/sampling/settings.ts";
import { type BackendName, chooseBackend } from "./backend/index.ts";
import { backendOption } from "./cli/backend-option.ts";
import { newVerb, numberIn, printJson, runCommandLine, withJson } from "./cli/command-line.ts";
import { commitHere } from "./cli/commit.ts";
import { hearCtrlC, Interruption } from "./cli/interruption.ts";
import { readFp32Model } from "./cli/model-files.ts";
import { readSchedules } from "./cli/schedules.ts";
import { UserError } from "./cli/user-error.ts";
import type { Dataset } from "./data/dataset.ts";
import { trainingSha256 } from "./data/fingerprint.ts";
import { expectFits, loadDataset } from "./data/load.ts";
import { givenSettings, type PictureFlags, withPictureFlags } from "./data/picture-settings.ts";
import type { DistillConfig } from "./distill/config.ts";
import { meanOf } from "./distill/mean.ts";
import { fidMetric, kernelMetric, type Metric, REPORT_SEED } from "./distill/metric.ts";
import { DISTILL_DEFAULTS as DEFAULTS, METHODS, REPORT_EVERY, REPORT_IMAGES } from "./distill/recipe.ts";
import { distill } from "./distill/session.ts";
import { createDistillation, type Networks, readDistillation } from "./distill/state.ts";
import { type Classifier, classifierAt, readClassifier } from "./measure/classifier-file.ts";
import { noClassifier } from "./measure/command.ts";
import { openReference } from "./measure/reference.ts";
import type { Tf } from "./network/score-network.ts";
import { expectNewRun } from "./run/folder.ts";
import { lockRun } from "./run/lock.ts";

interface Flags extends PictureFlags {
  readonly out: string;
  readonly resume: boolean;
  readonly dryRun: boolean;
  readonly schedule?: string;
  readonly init?: readonly string[];
  readonly teacherMaps: boolean;
  readonly featureClassifier?: readonly string[];
  readonly nfe?: number;
  readonly method?: DistillConfig["method"];
  readonly images?: number;
  readonly batch?: number;
  readonly learningRate?: number;
  readonly window?: number;
  readonly seed?: string;
  readonly data?: string;
  readonly dataDir?: string;
  readonly classifier?: string;
  readonly cache: string;
  readonly checkpointEvery: number;
  readonly reportEvery: number;
  readonly backend: BackendName | "auto";
  readonly json: boolean;
}

/** What a run keeps, so that `--resume` takes none of it. */
const KEPT = {
  ...{
    schedule: "schedule",
    nfe: "nfe",
    init: "init",
    featureClassifier: "feature-classifier",
    method: "method",
    images: "images",
    batch: "batch",
    learningRate: "learning-rate",
  },
  ...{ window: "window", seed: "seed", data: "data", size: "size", crop: "crop", background: "background", classBy: "class-by" },
} as const;

function commandLine(argv: readonly string[]): { path: string | undefined; flags: Flags } {
  const command = withPictureFlags(withJson(newVerb("distill")))
    .description(
      "Trains a student of few evaluations by drawing with it. The run folder holds its configuration, log, pictures, checkpoint and the best student so far, student-fp32.onnx.",
    )
    .argument("[model-fp32.onnx]", "the teacher, whose weights the student begins at (needed for a new run)")
    .requiredOption("--out <folder>", "the run folder: new, or with --resume an existing one")
    .option("--resume", "go on with the run in --out", false)
    .option("--schedule <file.json>", "the student's schedule, as `npx anneal tune --nfe` writes it (needed for a new run)")
    .option("--nfe <n>", "which of the file's schedules, by its evaluations (needed if it has several)", numberIn("nfe", 1, 64))
    .option(
      "--init <student-fp32.onnx...>",
      "a student to go on from: the new one begins at its weights instead of the teacher's; of several, at the mean of their weights",
    )
    .addOption(
      new Option(
        "--method <name>",
        `what the student learns by: the Fréchet distance to training images, or matching the teacher's distribution (default: ${DEFAULTS.method})`,
      ).choices(METHODS),
    )
    .option("--images <n>", `images to draw and learn from (default: ${DEFAULTS.images})`, numberIn("images", 1, 1e9))
    .option("--batch <n>", `images per step (default: ${DEFAULTS.batch})`, numberIn("batch", 1, 4096))
    .option("--learning-rate <x>", `peak learning rate (default: ${DEFAULTS.learningRate})`, numberIn("learning-rate", 1e-7, 1, "any"))
    .option("--window <n>", `frechet: images that the distance is taken of (default: ${DEFAULTS.window})`, numberIn("window", 128, 1e6))
    .option(
      "--feature-classifier <file...>",
      "frechet: a classifier (`npx anneal train-classifier`) whose features count beside the teacher's maps, of images augmented as those that it learned from; several may be given",
    )
    .option(
      "--no-teacher-maps",
      "frechet: without the teacher's maps, by classifiers alone (and by mean colours and detail, which they forgive): for photographs",
    )
    .option("--seed <text>", `seed of all that is random (default: ${DEFAULTS.seed})`)
    .option("--data <name or path>", "the training images (default: those that the teacher was trained on)")
    .option("--data-dir <folder>", "where the files of a named data set lie")
    .option(
      "--classifier <file>",
      "the classifier that students are evaluated with, by FID (default: the data set's own; without one, the kernel distance in the teacher's features)",
    )
    .option("--cache <folder>", "where features of training images are kept", "runs/evaluate")
    .option("--checkpoint-every <seconds>", "time between checkpoints", numberIn("checkpoint-every", 0, 86400, "any"), 60)
    .option("--report-every <n>", "images between reports", numberIn("report-every", 1, 1e9), REPORT_EVERY)
    .addOption(backendOption())
    .option("--dry-run", "print the configuration and stop", false)
    .parse(argv);
  return { path: command.args[0], flags: command.opts<Flags>() };
}

/** The schedule of `--schedule` and `--nfe`. */
function scheduleOf({ schedule: path, nfe }: Flags): Schedule {
  if (path === undefined) throw new UserError("Expected a file of schedules for `schedule` but received nothing");
  const schedules = readSchedules(path, "schedule");
  const lengths = schedules.map(({ sigmas }) => sigmas.length);
  const [schedule, ...others] = nfe === undefined ? schedules : schedules.filter(({ sigmas }) => sigmas.length === nfe);
  if (schedule !== undefined && others.length === 0) return schedule;
  throw new UserError(
    `Expected one of ${lengths.join(", ")}, the evaluations of the schedules in \`${path}\`, for \`nfe\` but received ${nfe ?? "nothing"}`,
  );
}

interface Plan {
  readonly config: DistillConfig;
  readonly networks: Networks;
  readonly dataset: Dataset;
  /** What students are evaluated with, where it is by FID. */
  readonly classifier: Classifier | undefined;
}

function readInit(path: string, { spec }: ModelCard): Model {
  const init = readFp32Model(path, "init");
  if (isDeepStrictEqual(init.card.spec, spec)) return init;
  throw new UserError(`Expected a model of the teacher's network for \`init\` but received "${path}", which is of another`);
}

async function planNew(path: string | undefined, flags: Flags): Promise<Plan> {
  if (path === undefined) throw new UserError("Expected the teacher's file for `model-fp32.onnx` but received nothing");
  if (!flags.dryRun) expectNewRun(flags.out);
  const teacher = readFp32Model(path, "model-fp32.onnx");
  const schedule = scheduleOf(flags);
  const { method, images, batch, learningRate, window, recipe, seed } = { ...DEFAULTS, ...flags };
  if (method === "frechet" && !flags.teacherMaps && flags.featureClassifier === undefined) {
    throw new UserError(
      "Expected at least one file for `feature-classifier`, as `no-teacher-maps` leaves nothing else to learn by, but received none",
    );
  }
  if (window < batch) throw new UserError(`Expected at least ${batch}, the images of a step, for \`window\` but received ${window}`);
  const data = flags.data ?? teacher.card.training.data;
  const dataset = await loadDataset(data, { dataDir: flags.dataDir, pictures: givenSettings(flags) });
  const { pictures } = dataset;
  const networks = {
    teacher,
    init: flags.init && meanOf(flags.init.map((file) => readInit(file, teacher.card))),
    featureClassifiers: flags.featureClassifier?.map((file) => classifierAt(dataset, file)),
  };
  const classifier = readClassifier(dataset, flags.classifier);
  const config: DistillConfig = {
    ...{
      teacher: path,
      init: [...(flags.init ?? [])],
      ...{ teacherMaps: flags.teacherMaps, featureClassifiers: [...(flags.featureClassifier ?? [])] },
      data,
      dataSha256: trainingSha256(dataset),
      commit: commitHere(),
      ...(pictures && { pictures }),
      method,
      schedule,
      metric: classifier ? "fid" : "kernelDistance",
      images,
      batch,
      steps: Math.ceil(images / batch),
    },
    ...{ learningRate, window, recipe, seed },
  };
  return { config, networks, dataset, classifier };
}

async function planResumed(path: string | undefined, flags: Flags): Promise<Plan> {
  const kept = Object.entries(KEPT).flatMap(([key, name]) => (flags[key as keyof typeof KEPT] === undefined ? [] : [name]));
  const others = [...(path === undefined ? [] : ["model-fp32.onnx"]), ...(flags.teacherMaps ? [] : ["no-teacher-maps"])];
  const given = [...others, ...kept].map((name) => `\`${name}\``);
  if (given.length > 0) throw new UserError(`Expected no ${given.join(", ")} together with \`resume\`: the run keeps its own`);
  const distillation = await readDistillation(flags.out, ({ data, pictures }) => loadDataset(data, { dataDir: flags.dataDir, pictures }));
  const { config, dataset } = distillation;
  if (config.metric === "fid") {
    const classifier = readClassifier(dataset, flags.classifier);
    if (!classifier) throw new UserError(noClassifier(dataset));
    return { ...distillation, classifier };
  }
  if (flags.classifier === undefined) return { ...distillation, classifier: undefined };
  throw new UserError(`Expected no \`classifier\`: the run in \`${flags.out}\` began without one`);
}

async function openMetric(tf: Tf, { networks, dataset, classifier }: Plan, cache: string): Promise<Metric> {
  if (classifier) return fidMetric(tf, await openReference(tf, dataset, classifier, cache));
  const pictures = Math.min(REPORT_IMAGES, dataset.train.count);
  return kernelMetric(tf, { dataset, model: networks.teacher, pictures, seed: REPORT_SEED });
}

await runCommandLine(async () => {
  const { path, flags } = commandLine(process.argv);
  const plan = await (flags.resume ? planResumed(path, flags) : planNew(path, flags));
  const { config, networks, dataset } = plan;
  if (flags.dryRun) {
    printJson({ json: true }, config);
    return;
  }
  const { spec, crop } = networks.teacher.card;
  expectFits(dataset, { ...spec, ...crop }, "the teacher");
  const backend = await chooseBackend(flags.backend);
  if (!flags.resume) createDistillation(flags.out, config, networks);
  lockRun(flags.out);
  console.log(`${backend.describe}; ${config.method}, ${config.schedule.sigmas.length} evaluations`);
  const listen = hearCtrlC();
  const { out: folder, checkpointEvery, reportEvery } = flags;
  try {
    const metric = await openMetric(backend.tf, plan, flags.cache);
    const best = await distill(backend, { ...plan, folder, metric, checkpointEvery, reportEvery, listen });
    printJson(flags, { folder, ...best, nfe: config.schedule.sigmas.length, images: config.images, steps: config.steps });
  } catch (error) {
    if (!(error instanceof Interruption)) throw error;
    console.log("stopped; go on with --resume");
    process.exitCode = 130;
  }
});
