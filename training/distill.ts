/**
 * `anneal distill`: trains a student, which draws in a few evaluations what its teacher draws in many. It is trained
 * through the sampler that will draw with it.
 */
import { isDeepStrictEqual } from "node:util";
import type { ModelCard } from "../wasm-model/model/card.ts";
import type { ModelContents } from "../wasm-model/model/onnx/writer.ts";
import type { Schedule } from "../wasm-model/sampling/settings.ts";
import { sha256Hex } from "../wasm-model/sampling/sha256.ts";
import { type BackendName, chooseBackend } from "./backend/index.ts";
import { backendOption, newVerb, numberIn, printJson, runCommandLine, withJson } from "./cli/command-line.ts";
import { readFp32Model } from "./cli/model-files.ts";
import { readSchedules } from "./cli/parse-json.ts";
import { commitHere } from "./cli/peers.ts";
import { hearCtrlC, Interruption } from "./cli/progress.ts";
import { UserError } from "./cli/user-error.ts";
import { type ConversionFlags, givenNames, givenSettings, withConversionFlags } from "./data/conversion.ts";
import { type Dataset, trainingSha256 } from "./data/dataset.ts";
import { expectFits, loadDataset } from "./data/load.ts";
import { DISTILL_DEFAULTS, DISTILL_FLAGS, type DistillConfig, type DistillFlags, REPORT_EVERY, REPORT_IMAGES } from "./distill/config.ts";
import { distill } from "./distill/distillation.ts";
import { createDistillation, distillationRun, type Networks, readDistillation } from "./distill/folder.ts";
import { fidMetric, kernelMetric, type Metric, REPORT_SEED } from "./distill/metric.ts";
import { type Classifier, classifierAt, encodeClassifier, readClassifier } from "./measure/classifiers/file.ts";
import { noClassifier } from "./measure/command.ts";
import { openReference } from "./measure/reference.ts";
import type { Tf } from "./network/score-network.ts";
import { expectNoneGiven, withRunFlags } from "./run/flags.ts";
import { expectNewRun } from "./run/folder.ts";
import { lockRun } from "./run/lock.ts";

interface DistillCommandFlags extends ConversionFlags, DistillFlags {
  readonly out: string;
  readonly resume: boolean;
  readonly dryRun: boolean;
  readonly classifier?: string;
  readonly cache: string;
  readonly checkpointEvery: number;
  readonly reportEvery: number;
  readonly backend: BackendName | "auto";
  readonly json: boolean;
}

function commandLine(argv: readonly string[]): { path: string | undefined; flags: DistillCommandFlags } {
  const command = withJson(newVerb("distill"))
    .description(
      "Trains a student that draws in few evaluations. The run folder holds its configuration, log, images, checkpoint and the best student so far, student-fp32.onnx.",
    )
    .argument("[model-fp32.onnx]", "the teacher; the student starts from its weights (needed for a new run)")
    .requiredOption("--out <folder>", "the run folder: new, or with --resume an existing one")
    .option("--resume", "continue the run in --out", false);
  withConversionFlags(withRunFlags(command, DISTILL_FLAGS))
    .option(
      "--classifier <file>",
      "the classifier whose FID compares the students (default: the data set's own; without one, students are compared by the kernel distance in the teacher's features)",
    )
    .option("--cache <folder>", "where features of training images are cached", "runs/evaluate")
    .option("--checkpoint-every <seconds>", "time between checkpoints", numberIn("checkpoint-every", 0, 86400, "any"), 60)
    .option("--report-every <n>", "images between reports", numberIn("report-every", 1, 1e9), REPORT_EVERY)
    .addOption(backendOption())
    .option("--dry-run", "print the configuration and stop", false)
    .parse(argv);
  return { path: command.args[0], flags: command.opts<DistillCommandFlags>() };
}

/** The schedule in the file with that number of evaluations. */
function scheduleIn(path: string, nfe: number | undefined): Schedule {
  const schedules = readSchedules(path, "schedule");
  const lengths = schedules.map(({ sigmas }) => sigmas.length);
  const [schedule, ...others] = nfe === undefined ? schedules : schedules.filter(({ sigmas }) => sigmas.length === nfe);
  if (schedule !== undefined && others.length === 0) return schedule;
  throw new UserError(
    `Expected one of ${lengths.join(", ")}, as the schedules in \`${path}\` have, for \`nfe\` but received ${nfe ?? "nothing"}`,
  );
}

interface DistillPlan {
  readonly config: DistillConfig;
  readonly networks: Networks;
  readonly dataset: Dataset;
  /** The classifier for FID; absent if students are compared by the kernel distance. */
  readonly classifier: Classifier<"tuning"> | undefined;
}

function readInit(path: string, { spec }: ModelCard): ModelContents {
  const init = readFp32Model(path, "init");
  if (isDeepStrictEqual(init.card.spec, spec)) return init;
  throw new UserError(`Expected a model with the teacher's network for \`init\` but received "${path}", which has another`);
}

const sha256Of = (classifier: Classifier): string => sha256Hex(encodeClassifier(classifier));

async function planNew(path: string | undefined, flags: DistillCommandFlags): Promise<DistillPlan> {
  if (path === undefined) throw new UserError("Expected the teacher's file for `model-fp32.onnx` but received nothing");
  if (!flags.dryRun) expectNewRun(flags.out);
  const teacher = readFp32Model(path, "model-fp32.onnx");
  if (flags.schedule === undefined) throw new UserError("Expected a file of schedules for `schedule` but received nothing");
  const { images, batch, learningRate, window, recipe, seed } = { ...DISTILL_DEFAULTS, ...flags };
  if (window < batch) throw new UserError(`Expected at least ${batch}, the images of a step, for \`window\` but received ${window}`);
  const data = flags.data ?? teacher.card.training.data;
  const dataset = await loadDataset(data, { pictures: givenSettings(flags) });
  const { pictures } = dataset;
  const networks = {
    teacher,
    ...(flags.init !== undefined && { init: readInit(flags.init, teacher.card) }),
    ...(flags.featureClassifier !== undefined && { featureClassifier: classifierAt(dataset, "tuning", flags.featureClassifier) }),
  };
  const classifier = readClassifier(dataset, "tuning", flags.classifier);
  const config: DistillConfig = {
    teacher: path,
    scheduleFile: flags.schedule,
    schedule: scheduleIn(flags.schedule, flags.nfe),
    init: flags.init,
    featureClassifier: flags.featureClassifier,
    data,
    dataSha256: trainingSha256(dataset),
    commit: commitHere(),
    ...(pictures && { pictures }),
    metric: classifier ? "fid" : "kernelDistance",
    ...(classifier && { classifierSha256: sha256Of(classifier) }),
    ...{ images, batch, steps: Math.ceil(images / batch), learningRate, window, recipe, seed },
  };
  return { config, networks, dataset, classifier };
}

async function planResumed(path: string | undefined, flags: DistillCommandFlags): Promise<DistillPlan> {
  const others = path === undefined ? [] : ["model-fp32.onnx"];
  expectNoneGiven(DISTILL_FLAGS, { ...flags }, [...others, ...givenNames(givenSettings(flags))]);
  const distillation = await readDistillation(flags.out, ({ data, pictures }) => loadDataset(data, { pictures }));
  const { config, dataset } = distillation;
  if (config.metric === "fid") {
    const classifier = readClassifier(dataset, "tuning", flags.classifier);
    if (!classifier) throw new UserError(noClassifier(dataset, "tuning"));
    if (config.classifierSha256 !== undefined && config.classifierSha256 !== sha256Of(classifier)) {
      throw new UserError(`Expected the classifier that the run in \`${flags.out}\` began with for \`classifier\` but received another`);
    }
    return { ...distillation, classifier };
  }
  if (flags.classifier === undefined) return { ...distillation, classifier: undefined };
  throw new UserError(`Expected no \`classifier\`: the run in \`${flags.out}\` began without one`);
}

async function openMetric(tf: Tf, { networks, dataset, classifier }: DistillPlan, cache: string): Promise<Metric> {
  if (classifier) return fidMetric(tf, await openReference(tf, dataset, classifier, cache));
  const images = Math.min(REPORT_IMAGES, dataset.train.count);
  return kernelMetric(tf, { dataset, model: networks.teacher, images, seed: REPORT_SEED });
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
  const metric = await openMetric(backend.tf, plan, flags.cache);
  if (!flags.resume) createDistillation(flags.out, config, networks);
  lockRun(flags.out);
  console.log(`${backend.describe}; ${config.schedule.sigmas.length} evaluations`);
  const listen = hearCtrlC();
  const { out: folder, checkpointEvery, reportEvery } = flags;
  const run = distillationRun(folder);
  try {
    const best = await distill(backend, { ...plan, run, metric, checkpointEvery, reportEvery, listen });
    printJson(flags, { folder, ...best, nfe: config.schedule.sigmas.length, images: config.images, steps: config.steps });
  } catch (error) {
    if (!(error instanceof Interruption)) throw error;
    console.log("stopped; continue with --resume");
    process.exitCode = 130;
  }
});
