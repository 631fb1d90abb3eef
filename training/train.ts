/** `anneal train`: trains a score network on a folder of images, and writes the model. */
import { existsSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { Option } from "commander";
import { nameLike } from "../wasm-model/model/card.ts";
import { MODEL_FILE } from "../wasm-model/model/model.ts";
import type { ModelContents } from "../wasm-model/model/onnx/writer.ts";
import { macsOf, parametersOf } from "../wasm-model/network/count.ts";
import { chooseBackend } from "./backend/index.ts";
import type { Backend, BackendName } from "./backend/step.ts";
import { backendOption, newVerb, numberIn, quoteWord, runCommandLine, typedCommand } from "./cli/command-line.ts";
import { expectNewFolder, makeFolder, writeFileAtomically } from "./cli/files.ts";
import { baseFile, firstMatte, readAnyModel } from "./cli/model-files.ts";
import { Interruption } from "./cli/progress.ts";
import { UserError } from "./cli/user-error.ts";
import { type ConversionFlags, type ConversionSettings, givenSettings, withConversionFlags } from "./data/conversion.ts";
import { needsMatte } from "./data/cut-outs.ts";
import { trainingDataOf } from "./data/dataset.ts";
import { contactSheet, describeDataset } from "./data/describe.ts";
import { expectFolder } from "./data/folder.ts";
import { dataSha256, expectFits, loadDataset } from "./data/load.ts";
import { firstFinishers, planFinishing } from "./finishing/plan.ts";
import { NETWORK } from "./learning/defaults.ts";
import type { LogEntry } from "./learning/reports.ts";
import { begin, expectHeld } from "./learning/settings.ts";
import { describeClasses } from "./learning/start.ts";
import { FORECASTS } from "./measure/likeness.ts";
import { sizeOf } from "./network/parameters.ts";
import { describeSize } from "./network/shape.ts";
import { cardOf, DEFAULT_SEED, type RunConfig, TRAIN_FLAGS, type TrainFlags, UNKNOWN_LICENCE } from "./run/config.ts";
import { withRunFlags } from "./run/flags.ts";
import { PROGRESS_PAGE, RunFolder } from "./run/folder.ts";
import { finishHandOver, prepareHandOver } from "./run/hand-over.ts";
import { expectModelFolder, lockRun, PAGE } from "./run/model-folder.ts";
import { describeEnd, describePlan, type PlannedRun, withinMinutes } from "./run/plan.ts";
import { runToEnd } from "./run/session.ts";
import { isWeightsFile } from "./run/weights-file.ts";

interface TrainCommandFlags extends ConversionFlags, TrainFlags {
  /** The model's folder; with `resume` that of the run. */
  readonly out: string;
  readonly resume: boolean;
  readonly force?: true;
  readonly backend: BackendName | "auto";
  readonly checkpointEvery: number;
  readonly dryRun?: true;
  /** Whether `out` is a folder for a trainer elsewhere. */
  readonly prepare?: true;
  /** Such a folder, whose network has learned. */
  readonly finish?: string;
}

/** What may be given for a run that has begun: it keeps all else. */
const CHANGEABLE: Readonly<Record<"resume" | "finish", readonly string[]>> = { resume: ["data", "images"], finish: ["from"] };

function commandLine(argv: readonly string[]): TrainCommandFlags {
  const command = newVerb("train")
    .description(
      "Trains a model on a folder of images, by denoising score matching, and writes it: model.onnx (int8), model-fp32.onnx and a page about it. Ctrl-C ends a run early, in the model that it has by then; a second Ctrl-C leaves at once.",
    )
    .option(
      "--out <folder>",
      "the model's folder: new or empty (default: models/{name}, and the name is by default that of the folder of --data). Its folder `run` has the state of the run",
    )
    .addOption(
      new Option(
        "--resume <folder>",
        "continue the run of the model in this folder, from its folder `run`; with --images a finished run learns so many more from its model, which replaces that",
      ).conflicts("out"),
    )
    .addOption(
      new Option(
        "--prepare <folder>",
        "train elsewhere: write pictures, first weights and configuration to this new folder, in plain formats, and stop (training/torch)",
      ).conflicts(["out", "resume", "dryRun"]),
    )
    .addOption(
      new Option(
        "--finish <folder>",
        "what --prepare wrote: make the model of the weights of --from, which learned elsewhere, in the folder of --out",
      ).conflicts(["prepare", "resume", "dryRun"]),
    )
    .option("--force", "replace what an earlier run has written to the folder, and nothing else");
  const others = command.options.length;
  withConversionFlags(withRunFlags(command, TRAIN_FLAGS));
  for (const option of command.options.slice(others)) {
    const isFixedBy = (by: "resume" | "finish"): boolean => !CHANGEABLE[by].includes(option.attributeName());
    option.conflicts((["resume", "finish"] as const).filter(isFixedBy));
  }
  command
    .addOption(backendOption())
    .option("--checkpoint-every <seconds>", "time between checkpoints", numberIn("checkpoint-every", 1, 86400, "any"), 60)
    .option("--dry-run", "say what would be learned, at what cost, write a contact sheet of the images to {out}-data.png, and stop");
  const { out, resume, prepare, ...flags } = command
    .parse(argv)
    .opts<Omit<TrainCommandFlags, "out" | "resume" | "prepare"> & Partial<Record<"out" | "resume" | "prepare", string>>>();
  if (resume !== undefined) return { ...flags, out: resume, resume: true };
  if (prepare !== undefined) return { ...flags, out: prepare, resume: false, prepare: true };
  if (flags.finish !== undefined) {
    if (out === undefined || flags.from === undefined)
      throw new UserError("`--finish` needs --from, the weights, and --out, the model's folder");
    return { ...flags, out, resume: false };
  }
  const run = flags.name ?? (flags.data === undefined ? undefined : nameLike(basename(resolve(flags.data))));
  if (run === undefined) throw new UserError("`train` needs --data, a folder of images, or --resume, the folder of a model");
  return { ...flags, out: out ?? join(isProject() ? "trained" : "models", run), resume: false };
}

/** Whether this is a project of `anneal new`, whose folder `models` has the models that it serves. */
const isProject = (): boolean => existsSync("src/models.ts") && existsSync(join("models", MODEL_FILE));

interface TrainPlan extends PlannedRun {
  readonly backend: Backend;
  readonly log: LogEntry[];
  /** Whether it is a new run, which its folder does not have yet. */
  readonly isNew: boolean;
  /** Seconds of a step here, if they were measured. */
  readonly secondsPerStep?: number;
}

/** Says which backend computes before images are decoded: who trains by the slow one may want to stop. */
async function announceBackend({ backend: wanted }: TrainCommandFlags): Promise<Backend> {
  const backend = await chooseBackend(wanted);
  console.log(backend.describe);
  return backend;
}

/** `given`: how pictures are converted. `origin`: what a run goes on from that had begun so itself. */
async function planNew(
  flags: TrainCommandFlags,
  given: Partial<ConversionSettings> = givenSettings(flags),
  origin?: string,
): Promise<TrainPlan> {
  if (flags.data === undefined) throw new UserError("`train` needs --data, a folder of images");
  const { from = flags.network === undefined ? "base" : "none", seed = DEFAULT_SEED } = flags;
  if (flags.prepare) expectNewFolder(flags.out);
  else if (!flags.resume) expectModelFolder(flags.out, flags.force);
  expectFolder(flags.data);
  if (!flags.dryRun && !flags.prepare) lockRun(flags.out); // before images are decoded, which may take minutes
  const base = from === "none" ? undefined : readAnyModel(baseFile(), "from");
  const source = base && startingModel(from, base, flags);
  const backend = await announceBackend(flags);
  const loaded = trainingDataOf(await loadDataset(flags.data, given));
  const { images, batch, learningRate, mirror, augment: augmentation, guidance } = flags;
  const choices = { seed, images, batch, learningRate, mirror, augmentation, guidance };
  const { settings: wanted, ...beginning } = begin(loaded, choices, source ?? flags.network ?? NETWORK, base);
  const { train, large } = loaded;
  const counts = { cutOuts: needsMatte(loaded) ? train.count : 0, large: large.length };
  const planned = { dataset: loaded, ...beginning };
  const fitted = images === undefined && !flags.prepare ? await withinMinutes(backend, wanted, planned, counts) : { settings: wanted };
  const { settings } = fitted;
  const isShort = settings.images < wanted.images;
  const classes = source && from !== "base" ? describeClasses(loaded.labels, source.card) : undefined;
  const notes = [
    ...(classes ? [classes] : []),
    ...(settings.likeness ? [FORECASTS[settings.likeness]] : []),
    ...(isShort
      ? [`five minutes here, its end included, are ${settings.images} images; with --images ${wanted.images} it learns longer, and better`]
      : []),
  ];
  const dataset = { ...loaded, notes: [...loaded.notes, ...notes] };
  const plan = planFinishing(settings, counts);
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
    from: origin ?? from,
  };
  expectHeld(cardOf(config));
  return { ...fitted, backend, config, dataset, ...beginning, finishers, log: [], isNew: true };
}

/** The rest of a run, or what a finished one learns beyond it; undefined, and a line, where there is nothing to do. */
async function planResumed(flags: TrainCommandFlags): Promise<TrainPlan | undefined> {
  const run = new RunFolder(flags.out);
  const config = run.readConfig();
  const { data = config.data, images } = flags;
  const isFinished = run.writtenPage() !== undefined;
  if (isFinished && images !== undefined)
    return planNew({ ...flags, ...flagsOf(config), data, from: flags.out, images }, config.pictures, config.from);
  if (isFinished) {
    console.log(`The run in \`${flags.out}\` is finished; with --images it learns so many more from its model`);
    return undefined;
  }
  if (images !== undefined)
    throw new UserError(`\`--images\` works with finished runs only: that in \`${flags.out}\` keeps its own until then`);
  expectFolder(data);
  // Takes the lock before reading checkpoint and log, which another process may be writing.
  if (!flags.dryRun) lockRun(flags.out);
  const state = run.readState(config.spec);
  const pretrained = config.source && run.readPretrained(config.spec);
  const backend = await announceBackend(flags);
  const dataset = trainingDataOf(await loadDataset(data, config.pictures));
  expectFits(dataset, { ...config.spec, ...config.crop }, `the run in \`${flags.out}\``);
  const [expected, received] = [config.dataSha256, await dataSha256(dataset)];
  if (received === expected)
    return { backend, config: { ...config, data }, dataset, state, pretrained, log: run.readLog(state.step), isNew: false };
  throw new UserError(
    `The run in \`${flags.out}\` cannot continue: the images in \`${dataset.folder}\` are not those that it began with, or an earlier version split them (SHA-256 ${received}, then ${expected})`,
  );
}

/** The flags by which a run begins like this one. */
function flagsOf({ dataLicence, name, batch, learningRate, mirror, seed, recipe }: RunConfig): TrainFlags {
  const { augmentation: augment, guidance } = recipe;
  return {
    ...{ dataLicence, batch, learningRate, seed, augment, guidance: guidance.weight },
    ...(name !== undefined && { name }),
    ...(mirror !== undefined && { mirror }),
  };
}

/** The model of `--from`. Throws a UserError for weights by themselves, whose classes have no names, and if another network was asked for. */
function startingModel(from: string, base: ModelContents, { network }: Pick<TrainCommandFlags, "network">): ModelContents {
  if (isWeightsFile(from))
    throw new UserError(
      `Expected \`base\`, \`none\` or a model for \`from\` but received "${from}", which has weights alone: \`npx anneal export base --from ${quoteWord(from)} --out models/start\` makes a model of them (instead of \`base\`, the model that they are of)`,
    );
  const model = from === "base" ? base : readAnyModel(from, "from", "model (.onnx)");
  const { training } = model.card;
  if (network !== undefined && network !== training.network) {
    throw new UserError(
      `A run from a model keeps its network, here ${training.network}: \`--network ${network}\` works with \`--from none\` only`,
    );
  }
  return model;
}

/** What a run would be, in lines for a person. */
async function describe({ backend, secondsPerStep, ...plan }: TrainPlan): Promise<string> {
  const { config, dataset, state } = plan;
  const count = [...parametersOf(config.spec).values()].reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  const network = `network: ${describeSize(config)}, ${(macsOf(config.spec) / 1e6).toFixed(1)} MMAC per evaluation, ${(count / 1e6).toFixed(2)} M parameters`;
  const end = state.step < config.steps ? [await describeEnd(backend, plan, secondsPerStep)] : [];
  return [...describeDataset(dataset), network, describePlan(plan), ...end].join("\n");
}

await runCommandLine(async () => {
  const flags = commandLine(process.argv);
  const { finish: folder, from } = flags;
  if (folder !== undefined && from !== undefined) return finishHandOver(await announceBackend(flags), { ...flags, folder, from });
  const plan = await (flags.resume ? planResumed(flags) : planNew(flags));
  if (!plan) return;
  const run = new RunFolder(flags.out);
  if (flags.dryRun) {
    console.log(await describe(plan));
    const sheet = `${resolve(flags.out)}-data.png`;
    makeFolder(dirname(sheet));
    writeFileAtomically(sheet, contactSheet(plan.dataset));
    console.log(`contact sheet: ${sheet}`);
    return;
  }
  for (const note of plan.dataset.notes) console.log(`note: ${note}`);
  if (flags.prepare) {
    await prepareHandOver(flags.out, plan);
    return console.log(`wrote ${flags.out}; its ${PAGE} says how to go on`);
  }
  const { config } = plan;
  if (plan.isNew) run.create(plan);
  else run.writeConfig(config);
  console.log(`${config.network} from ${config.from}, on ${config.data}: step ${plan.state.step} of ${config.steps}`);
  if (plan.state.step < config.steps) console.log(describePlan(plan));
  console.log(`its images as they become better: ${run.file(PROGRESS_PAGE)}, for a browser`);
  try {
    await runToEnd(plan.backend, { ...plan, run, checkpointEvery: flags.checkpointEvery });
  } catch (error) {
    if (!(error instanceof Interruption)) throw error;
    process.exitCode = error.exitCode;
  }
});
