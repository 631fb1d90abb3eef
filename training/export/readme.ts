/** The model card that people read: a Markdown page with the sample grid, the loss curve, the figures of the export and the commands that made the model. */

import { macsOf, parametersOf } from "../../wasm-model/count.ts";
import type { ModelCard } from "../../wasm-model/model/card.ts";
import { describeRamp } from "../../wasm-model/sampler/ramp.ts";
import { sizeOf } from "../parameters.ts";
import { COLUMNS } from "../pictures.ts";
import { commandOf, type RunRecord } from "./run-record.ts";

export interface ExportFacts {
  readonly card: ModelCard;
  /** Model files by name. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** int8 against fp32, in dB. */
  readonly psnr: number;
  /** Largest error of onnxruntime against TensorFlow.js, fp32. */
  readonly maxError: number;
  /** Arguments of the export. */
  readonly command: readonly string[];
  /** What is known of the training run, where the model comes from one. */
  readonly record?: RunRecord | undefined;
}

/** The page lies beside `samples.png` and, for a model from a run, `loss.svg`. */
export function readme({ card, files, psnr, maxError, command, record }: ExportFacts): string {
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
        `sigmas ${sampling.sigmaMax} to ${sampling.sigmaMin} (rho ${sampling.rho}), churn ${describeRamp(sampling.churn)}, extrapolation ${describeRamp(sampling.extrapolation)}`,
      ],
      ["fp32 in onnxruntime against TensorFlow.js", `largest error ${maxError.toExponential(1)}`],
      ["int8 against fp32", `${psnr.toFixed(1)} dB over all pixels of 100 images of the same seeds`],
      ...[...files].map(([file, { length }]): [string, string] => [`\`${file}\``, `${length.toLocaleString("en")} bytes`]),
    ]),
    "## Commands",
    ["```sh", ...(record?.commands ?? []), commandOf("export", command), "```"].join("\n"),
    ...(record ? [record.section] : []),
  ];
  return `${sections.join("\n\n")}\n`;
}
