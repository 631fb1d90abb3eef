/** `anneal export`: makes another file of a model that exists, and compares what both compute; or writes its weights alone. */
import { join } from "node:path";
import { Option } from "commander";
import { checkedCard } from "../wasm-model/model/card.ts";
import { MODEL_FILE } from "../wasm-model/model/model.ts";
import type { ModelContents } from "../wasm-model/model/onnx/writer.ts";
import { macsOf, parametersOf } from "../wasm-model/network/count.ts";
import { FINISHER_NAMES } from "../wasm-model/network/finishers.ts";
import type { Weights } from "../wasm-model/network/quantization.ts";
import { SAMPLING } from "../wasm-model/sampling/settings.ts";
import { fieldOf, type NumberBounds } from "../wasm-model/schema/fields.ts";
import { chooseBackend } from "./backend/index.ts";
import type { BackendName } from "./backend/step.ts";
import { backendOption, newVerb, numberIn, parseName, quoteWord, runCommandLine, typedCommand } from "./cli/command-line.ts";
import { expectFree } from "./cli/files.ts";
import { baseFile, readAnyModel } from "./cli/model-files.ts";
import { progress } from "./cli/progress.ts";
import { UserError } from "./cli/user-error.ts";
import { finishedModel } from "./finishing/outcome.ts";
import { floatsOf } from "./learning/start.ts";
import { modelOf } from "./network/parameters.ts";
import { trainedBy } from "./run/config.ts";
import { loadClose, writeModelFiles } from "./run/end.ts";
import { expectModelFolder, PAGE } from "./run/model-folder.ts";
import { expectNumbersOf, readWeightsFile, trainerOf, weightsFor, writeWeightsFile } from "./run/weights-file.ts";

interface ExportFlags {
  readonly out?: string;
  readonly steps?: number;
  readonly from?: string;
  readonly writeWeights?: string;
  readonly name?: string;
  readonly mirrored?: true;
  readonly force?: true;
  readonly backend: BackendName | "auto";
}

const STEPS = fieldOf(SAMPLING.entries.steps) as NumberBounds;

function commandLine(argv: readonly string[]): { source: string; flags: ExportFlags } {
  const command = newVerb("export")
    .description(
      "Makes another file of a model: with another number of steps or name, or with weights that another program trained. Writes model.onnx (int8), model-fp32.onnx and a page; --write-weights writes the weights alone.",
    )
    .argument("<model>", "the model's folder or a file of it, fp32 or, with --from or --write-weights, int8; or `base`")
    .option("--out <folder>", "where the files go: a new or empty folder")
    .option(
      "--steps <n>",
      "default number of noise levels: the extrapolation is fitted to it again",
      numberIn("steps", STEPS.min, STEPS.max),
    )
    .option("--from <x.safetensors>", "the weights, in place of the model's own: a file that --write-weights wrote, or a checkpoint")
    .addOption(
      new Option("--write-weights <x.safetensors>", "write the weights by themselves, as floats, and nothing else").conflicts([
        "out",
        "from",
      ]),
    )
    .option("--name <name>", "the model's name (default: as it is)", parseName)
    .option("--mirrored", "its images are their own mirror images, such as faces seen from the front: draw both halves alike")
    .option("--force", "replace a model, or a file of weights, that is there")
    .addOption(backendOption());
  command.parse(argv);
  return { source: command.args[0], flags: command.opts<ExportFlags>() };
}

/** The model with its weights as floats: its own, for an fp32 file, or those in the file `from`. Throws a UserError. */
function fp32Of(model: ModelContents, source: string, from?: string): ModelContents {
  if (from === undefined) {
    if (model.weights.convolutions.size === 0) return model;
    throw new UserError(
      `Expected an fp32 model for \`model\` but received "${source}", which is quantized: without --from it has no better weights`,
    );
  }
  const file = readWeightsFile(from);
  expectNumbersOf(model.card.spec, file);
  const asFloats = (weights: Weights): Weights => ({ floats: floatsOf(weights), convolutions: new Map() });
  const finishers = FINISHER_NAMES.flatMap((name) => (model[name] ? [[name, asFloats(model[name])]] : []));
  const card = trainedBy(model.card, { by: trainerOf(file) });
  return { ...modelOf(card, weightsFor(parametersOf(card.spec), file)), ...Object.fromEntries(finishers) };
}

await runCommandLine(async () => {
  const { source, flags } = commandLine(process.argv);
  const { out, writeWeights, steps, name, mirrored, from, force } = flags;
  const model = readAnyModel(source === "base" ? baseFile() : source, "model");
  if (writeWeights !== undefined) {
    expectFree([writeWeights], force);
    writeWeightsFile(writeWeights, model);
    return console.log(`wrote ${writeWeights}`);
  }
  if (out === undefined) throw new UserError("`export` needs --out, a folder for the model, or --write-weights, a file for its weights");
  const given = fp32Of(model, source, from);
  const { sampling } = given.card;
  const asked = checkedCard({
    ...given.card,
    ...(name !== undefined && { name }),
    ...(mirrored && { mirrored }),
    sampling: { ...sampling, ...(steps !== undefined && { steps }) },
  });
  expectModelFolder(out, force);
  const { tf } = await chooseBackend(flags.backend);
  const bar = progress("calibrating", 1);
  const onProgress = (images: number, total: number): void => bar.update(images, "", total);
  const made = await loadClose(tf, await finishedModel(tf, { ...given, card: asked }, { onProgress }));
  bar.stop();
  expectModelFolder(out, force); // once more: minutes have passed
  await writeModelFiles(out, made, { command: typedCommand("export") });
  const { sampling: written, spec } = made.fp32.card;
  console.log(
    `${(macsOf(spec) / 1e6).toFixed(1)} MMAC per evaluation, ${written.steps} evaluations per image; rounding changes D by ${made.rounding.toFixed(4)}`,
  );
  console.log(
    `wrote ${join(out, MODEL_FILE)}, ${(made.int8.bytes.length / 1000).toFixed(0)} kB; its page: ${join(out, PAGE)}; next: npx anneal dev ${quoteWord(out)}`,
  );
});
