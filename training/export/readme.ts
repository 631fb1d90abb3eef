/** The model card that people read: a Markdown page with the sample grid, the loss curve, the figures of the export and the commands that made the model. */
import type { ModelCard } from "../../wasm-model/card.ts";
import { macsOf, parametersOf } from "../../wasm-model/count.ts";
import { sizeOf } from "../parameters.ts";
import { COLUMNS } from "../pictures.ts";
import type { LogEntry } from "../run.ts";
import type { Source } from "./source.ts";

export interface ExportFacts {
  readonly card: ModelCard;
  /** Model files by name. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** int8 against fp32, in dB. */
  readonly psnr: number;
  /** Largest error of onnxruntime against TensorFlow.js, fp32. */
  readonly maxError: number;
  /** Where the model comes from a run: its configuration and last held-out losses. */
  /** Arguments of the export. */
  readonly command: readonly string[];
  readonly run?: Pick<NonNullable<Source["run"]>, "folder" | "config" | "log"> | undefined;
}

/** The page lies beside `samples.png` and, for a model from a run, `loss.svg`. */
export function readme({ card, files, psnr, maxError, command, run }: ExportFacts): string {
  const { name, spec, labels, sampling, training } = card;
  const parameters = [...parametersOf(spec).values()]
    .filter(({ trainingOnly }) => !trainingOnly)
    .reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  const table = (rows: readonly (readonly [string, string])[]): string =>
    `| | |\n|---|---|\n${rows.map(([key, value]) => `| ${key} | ${value} |`).join("\n")}`;
  const sections = [
    `# ${name}`,
    `Draws ${spec.width}x${spec.height} images of ${labels.length} classes: ${labels.join(", ")}.`,
    `![Samples, a class a row: ${labels.join(", ")}](samples.png)`,
    `${sampling.sampler}, ${sampling.steps} noise levels, int8; seeds \`card/0\` to \`card/${labels.length * COLUMNS - 1}\`, none picked.`,
    table([
      [
        "network",
        `${training.preset}: ${(parameters / 1e6).toFixed(2)} M parameters, ${(macsOf(spec) / 1e6).toFixed(1)} M multiply-accumulates per evaluation`,
      ],
      ["data", `${training.data} (licence ${training.dataLicence}), sigmaData ${spec.sigmaData}`],
      ["training", `${training.images.toLocaleString("en")} images, seed \`${training.seed}\``],
      [
        "sampling",
        `sigmas ${sampling.sigmaMax} to ${sampling.sigmaMin} (rho ${sampling.rho}), churn ${sampling.churn}, extrapolation ${sampling.extrapolation}`,
      ],
      ["fp32 in onnxruntime against TensorFlow.js", `largest error ${maxError.toExponential(1)}`],
      ["int8 against fp32", `${psnr.toFixed(1)} dB over all pixels of 100 images of the same seeds`],
      ...[...files].map(([file, { length }]): [string, string] => [`\`${file}\``, `${length.toLocaleString("en")} bytes`]),
    ]),
    "## Commands",
    `\`\`\`sh\n${run ? `${trainCommand(run)}\n` : ""}npm run export -- ${command.map(quoted).join(" ")}\n\`\`\``,
    ...(run ? trainingSection(run.log) : []),
  ];
  return `${sections.join("\n\n")}\n`;
}

function trainCommand({ folder, config }: Pick<NonNullable<Source["run"]>, "folder" | "config">): string {
  const { data, preset, images, batch, learningRate, seed, init } = config;
  const flags = { data, preset, images, batch, "learning-rate": learningRate, seed, ...(init !== undefined && { init }), out: folder };
  return `npm run train -- ${Object.entries(flags)
    .map(([name, value]) => `--${name} ${quoted(String(value))}`)
    .join(" ")}`;
}

/** As a shell takes it. */
const quoted = (word: string): string => (/^[\w./:=@+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);

function trainingSection(log: readonly LogEntry[]): string[] {
  const heldOut = log.flatMap((entry) => ("heldOut" in entry ? [entry.heldOut] : [])).at(-1) ?? [];
  const cells = (values: readonly (string | number)[]): string => `| ${values.join(" | ")} |`;
  return [
    "## Training",
    "![Loss curve of the run](loss.svg)",
    "Held-out denoising-score-matching loss of the averaged weights, fp32, all test images with their labels; `npm run evaluate -- model-fp32.onnx` prints it again:",
    [
      cells(["sigma", ...heldOut.map(({ sigma }) => sigma)]),
      cells(["---", ...heldOut.map(() => "---")]),
      cells(["loss", ...heldOut.map(({ loss }) => loss.toFixed(3))]),
    ].join("\n"),
  ];
}
