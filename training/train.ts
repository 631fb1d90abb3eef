/** `anneal train`: trains a score network on a data set, in a run folder that can be resumed. */
import { spawn } from "node:child_process";
import { basename, dirname, join, resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { nameLike } from "../wasm-model/model/card.ts";
import type { ModelContents } from "../wasm-model/model/onnx/writer.ts";
import { macsOf, parametersOf } from "../wasm-model/network/count.ts";
import { withoutLists } from "../wasm-model/sampling/settings.ts";
import { chooseBackend } from "./backend/index.ts";
import type { Backend, BackendName } from "./backend/step.ts";
import { backendOption, newVerb, numberIn, runCommandLine, typedCommand } from "./cli/command-line.ts";
import { makeFolder, writeFileAtomically } from "./cli/files.ts";
import { baseFile, firstMatte, readAnyModel } from "./cli/model-files.ts";
import { UserError } from "./cli/user-error.ts";
import { type ConversionFlags, givenNames, givenSettings, withConversionFlags } from "./data/conversion.ts";
import { forTraining } from "./data/dataset.ts";
import { contactSheet, describeDataset } from "./data/describe.ts";
import { expectFolder } from "./data/folder.ts";
import { dataSha256, expectFits, loadDataset } from "./data/load.ts";
import { type FinisherStates, firstFinishers, planFinishing } from "./finishing/plan.ts";
import { NETWORK } from "./learning/defaults.ts";
import type { LogEntry } from "./learning/reports.ts";
import { begin, expectHeld } from "./learning/settings.ts";
import { describeClasses } from "./learning/start.ts";
import { FORECASTS } from "./measure/likeness.ts";
import { sizeOf } from "./network/parameters.ts";
import { describeSize } from "./network/shape.ts";
import { cardOf, DEFAULT_SEED, type RunConfig, TRAIN_FLAGS, type TrainFlags, UNKNOWN_LICENCE } from "./plan/config.ts";
import { describeEnd, describePlan, type PlannedRun, withinMinutes } from "./plan/cost.ts";
import { expectNoneGiven, withRunFlags } from "./plan/flags.ts";
import { isWeightsFile, modelOfWeights, readWeightsFile } from "./plan/weights-file.ts";
import { expectNewRun, PROGRESS_PAGE, RunFolder } from "./run/folder.ts";
import { lockRun } from "./run/lock.ts";
import { thisProcessor } from "./run/log.ts";
import { runToEnd } from "./run/session.ts";

interface TrainCommandFlags extends ConversionFlags, TrainFlags {
  readonly out: string;
  readonly backend: BackendName | "auto";
  readonly checkpointEvery: number;
  readonly resume?: true;
  readonly dryRun?: true;
  readonly open?: true;
}

function commandLine(argv: readonly string[]): TrainCommandFlags {
  const command = newVerb("train")
    .description(
      "Trains a model on a folder of images, by denoising score matching. A run folder holds its configuration, log, images and checkpoints.",
    )
    .option(
      "--out <folder>",
      "the run folder: new, or with --resume an existing one (default: runs/{name}, and the name is by default that of the folder of --data)",
    )
    .option("--resume", "continue the run in --out, or the one that --data or --name stands for");
  withConversionFlags(withRunFlags(command, TRAIN_FLAGS))
    .addOption(backendOption())
    .option("--checkpoint-every <seconds>", "time between checkpoints", numberIn("checkpoint-every", 1, 86400, "any"), 60)
    .option("--open", "show the run's images in a browser as they improve")
    .option("--dry-run", "print configuration, cost and data statistics, write a contact sheet of the images to {out}-data.png, and stop");
  const { out, name, ...flags } = command.parse(argv).opts<Omit<TrainCommandFlags, "out"> & { out?: string }>();
  if (out !== undefined) return { out, ...flags, ...(name !== undefined && { name }) };
  const run = name ?? (flags.data === undefined ? undefined : nameLike(basename(resolve(flags.data))));
  if (run === undefined)
    throw new UserError("`train` needs --data, a folder of images; with --resume it needs that, or --out, the folder of the run");
  return { out: join("runs", run), ...flags, ...(name !== undefined && !flags.resume && { name }) };
}

interface TrainPlan extends PlannedRun {
  readonly backend: Backend;
  readonly log: LogEntry[];
  /** The first states of its own. */
  readonly finishers?: FinisherStates;
  /** A line on the classes of a model in `--from`, if they are not the run's. */
  readonly classes?: string | undefined;
}

/** Says which backend computes before images are decoded: who trains by the slow one may want to stop. */
async function announcedBackend({ backend: wanted }: TrainCommandFlags): Promise<Backend> {
  const backend = await chooseBackend(wanted);
  console.log(backend.describe);
  return backend;
}

async function planNew(flags: TrainCommandFlags): Promise<TrainPlan> {
  if (flags.data === undefined) throw new UserError("`train` needs --data, a folder of images");
  const { from = flags.network === undefined ? "base" : "none", seed = DEFAULT_SEED } = flags;
  if (!flags.dryRun) expectNewRun(flags.out); // before images are decoded, which may take minutes
  expectFolder(flags.data);
  const base = from === "none" ? undefined : readAnyModel(baseFile(), "from");
  const start = base && (isWeightsFile(from) ? readWeightsFile(from) : startingModel(from, base, flags));
  const backend = await announcedBackend(flags);
  const loaded = forTraining(await loadDataset(flags.data, givenSettings(flags)));
  const source = start && "content" in start ? modelOfWeights(start, loaded.labels, base!.card.spec.sigmaData, flags.network) : start;
  const { images, batch, learningRate, mirror, augment: augmentation } = flags;
  const logSigma = { mean: flags.logSigmaMean, std: flags.logSigmaStd };
  const guidance = { weight: flags.guidance, sigmaMax: flags.guidanceSigmaMax };
  const choices = { seed, images, batch, learningRate, mirror, augmentation, logSigma, guidance };
  const { settings: wanted, ...beginning } = begin(loaded, choices, source ?? flags.network ?? NETWORK, base);
  const settings = images === undefined ? await withinMinutes(backend, wanted, { dataset: loaded, ...beginning }) : wanted;
  const isShort = settings.images < wanted.images;
  const notes = [
    ...(settings.likeness ? [FORECASTS[settings.likeness]] : []),
    ...(isShort ? [`five minutes here are ${settings.images} images; with --images ${wanted.images} it learns longer, and better`] : []),
  ];
  const dataset = { ...loaded, notes: [...loaded.notes, ...notes] };
  const { alpha, train, large } = dataset;
  const plan = planFinishing(settings, { cutOuts: alpha ? train.count : 0, large: large.length });
  const finishers = await firstFinishers(plan, { ...source, matte: source?.matte ?? (plan.matte && firstMatte()) });
  const config: RunConfig = {
    ...settings,
    ...plan,
    data: flags.data,
    pictures: dataset.pictures,
    dataLicence: flags.dataLicence ?? UNKNOWN_LICENCE,
    dataSha256: await dataSha256(dataset),
    command: `${typedCommand("train")}${isShort ? ` --images ${settings.images}` : ""}`,
    name: flags.name ?? nameLike(dataset.name),
    from,
    processors: [thisProcessor()],
  };
  expectHeld(cardOf(config));
  const classes = source && from !== "base" ? describeClasses(config.labels, source.card) : undefined;
  return { backend, config, dataset, ...beginning, finishers, classes, log: [] };
}

async function planResumed(flags: TrainCommandFlags): Promise<TrainPlan> {
  const run = new RunFolder(flags.out);
  const config = run.readConfig();
  const { data, ...others } = flags;
  const isSameData = data === undefined || resolve(data) === resolve(config.data);
  expectNoneGiven(TRAIN_FLAGS, { ...(isSameData ? others : flags) }, givenNames(flags));
  expectFolder(config.data);
  // Takes the lock before reading checkpoint and log, which another process may be writing.
  if (!flags.dryRun) lockRun(flags.out);
  const state = run.readStateToResume(config.spec, console.log);
  const pretrained = config.source && run.readPretrained(config.spec);
  const backend = await announcedBackend(flags);
  const dataset = forTraining(await loadDataset(config.data, config.pictures));
  expectFits(dataset, { ...config.spec, ...config.crop }, `the run in \`${flags.out}\``);
  const [expected, received] = [config.dataSha256, await dataSha256(dataset)];
  if (received === expected) return { backend, config, dataset, state, pretrained, log: run.readLog(state.step) };
  throw new UserError(
    `The run in \`${flags.out}\` cannot continue: the images in \`${dataset.folder}\` are not those that it began with (SHA-256 ${received}, then ${expected})`,
  );
}

/** The configuration to continue with: this processor is added, unless the run is finished. */
function configHere({ config, state }: TrainPlan): RunConfig {
  const { processors, steps } = config;
  const here = thisProcessor();
  return state.step >= steps || processors.includes(here) ? config : { ...config, processors: [...processors, here] };
}

/** The model of `--from`. Throws a UserError if another network was asked for. */
function startingModel(from: string, base: ModelContents, { network }: Pick<TrainCommandFlags, "network">): ModelContents {
  const model = from === "base" ? base : readAnyModel(from, "from", "model (.onnx) or weights (.safetensors)");
  const { training } = model.card;
  if (network !== undefined && network !== training.network) {
    throw new UserError(
      `A run from a model keeps its network, here ${training.network}: \`--network ${network}\` works with \`--from none\` only`,
    );
  }
  return model;
}

function describe({ config, dataset }: TrainPlan): string {
  const count = [...parametersOf(config.spec).values()].reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  const cost = `${(macsOf(config.spec) / 1e6).toFixed(1)} MMAC per evaluation, ${(count / 1e6).toFixed(2)} M parameters`;
  const shown = { ...config, sampling: withoutLists(config.sampling) };
  return [JSON.stringify(shown, null, 2), `network: ${describeSize(config)}, ${cost}`, ...describeDataset(dataset)].join("\n");
}

const OPENERS: Partial<Record<NodeJS.Platform, readonly [program: string, ...args: string[]]>> = {
  darwin: ["open"],
  win32: ["cmd", "/c", "start", ""],
};

/** Says where the file is, for systems without a browser. */
function openInBrowser(path: string): void {
  const [program, ...args] = OPENERS[process.platform] ?? ["xdg-open"];
  const opener = spawn(program, [...args, resolve(path)], { stdio: "ignore", detached: true });
  opener.on("error", () => undefined);
  opener.unref();
  console.log(`shown in a browser, if there is one: ${path}`);
}

await runCommandLine(async () => {
  const flags = commandLine(process.argv);
  const plan = await (flags.resume ? planResumed(flags) : planNew(flags));
  if (flags.dryRun) {
    console.log(describe(plan));
    console.log(describePlan(plan));
    if (plan.state.step < plan.config.steps) console.log(await describeEnd(plan.backend, plan));
    const sheet = `${resolve(flags.out)}-data.png`;
    makeFolder(dirname(sheet));
    writeFileAtomically(sheet, contactSheet(plan.dataset));
    console.log(`contact sheet: ${sheet}`);
    return;
  }
  for (const note of plan.dataset.notes) console.log(`note: ${note}`);
  if (plan.classes !== undefined) console.log(plan.classes);
  const config = configHere(plan);
  const run = new RunFolder(flags.out);
  if (!flags.resume) {
    run.create(config, plan);
    lockRun(flags.out);
  } else if (!isDeepStrictEqual(config, plan.config)) run.writeConfig(config);
  console.log(`${config.network} from ${config.from}, on ${config.data}: step ${plan.state.step} of ${config.steps}`);
  if (plan.state.step < plan.config.steps) console.log(describePlan(plan));
  if (flags.open) openInBrowser(run.file(PROGRESS_PAGE));
  const isFinished = await runToEnd(plan.backend, { ...plan, run, config, checkpointEvery: flags.checkpointEvery });
  if (!isFinished) process.exitCode = 130;
});
