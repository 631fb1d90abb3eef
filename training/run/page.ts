/** The page of a model for readers, in Markdown, from its card and what was measured: use first, hashes last. */
import { type ModelCard, nativeShape } from "../../wasm-model/model/card.ts";
import { macsOf, parametersOf } from "../../wasm-model/network/count.ts";
import { evaluations } from "../../wasm-model/sampling/index.ts";
import { SAMPLES_OF_CLASS } from "../measure/sheets.ts";
import { shownClasses } from "../network/draw.ts";
import type { HeldOutLoss } from "../network/held-out.ts";
import { sizeOf } from "../network/parameters.ts";
import { SAMPLES } from "./model-folder.ts";

/** What is known of a model besides its card. */
export interface ModelFacts {
  /** The command that made it. */
  readonly command: string;
  /** The largest root mean square, of three noise levels, by which the int8 network's D differs from the fp32 one's. */
  readonly rounding: number;
  /** What its run found; undefined for another file of a model. */
  readonly run?: {
    /** How its images are, in sentences. */
    readonly sentences: readonly string[];
    /** Of the averaged weights, and which images it is over. */
    readonly heldOut: readonly HeldOutLoss[];
    readonly over: string;
    /** How it was trained, in sentences. */
    readonly notes: readonly string[];
    /** SHA-256 of its images. */
    readonly dataSha256: string;
  };
}

export function pageOf(card: ModelCard, { command, rounding, run }: ModelFacts): string {
  const paragraphs = [
    ...introductionOf(card),
    ...(run ? ["## How its images are", run.sentences.join(" ")] : []),
    "## How it was made",
    markdownTable([
      ["", ""],
      ...factsOf(card),
      ["int8 against fp32", `D differs by ${rounding.toFixed(4)} at most (root mean square, values from -1 to 1)`],
    ]),
    `\`\`\`sh\n${command}\n\`\`\``,
    ...(run ? trainingOf(run) : []),
    ...(run ? [`SHA-256 of its images: \`${run.dataSha256}\``] : []),
  ];
  return `${paragraphs.join("\n\n")}\n`;
}

const trainingOf = ({ heldOut, over, notes }: NonNullable<ModelFacts["run"]>): string[] => [
  ...notes,
  markdownTable([
    ["loss at sigma", ...heldOut.map(({ sigma }) => String(sigma))],
    ["fp32", ...heldOut.map(({ loss }) => loss.toFixed(3))],
  ]),
  `Denoising-score-matching loss of the averaged weights with the images' labels, over ${over}.`,
];

/** The first row is the table's head. */
function markdownTable([head, ...rows]: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

const inWords = (value: number): string => value.toLocaleString("en");

function introductionOf(card: ModelCard): string[] {
  const { name, labels, sampling } = card;
  const shown = shownClasses(labels.length).map((label) => labels[label]);
  const { width, height } = nativeShape(card);
  return [
    `# ${name}`,
    `Draws ${width}x${height} images of ${labels.length === 1 ? "one class" : `${labels.length} classes`}${shown.length < labels.length ? ", among them" : ""}: ${shown.join(", ")}.`,
    `![Samples, a class a row: ${shown.join(", ")}](${SAMPLES})`,
    `${sampling.sampler}, ${sampling.steps} noise levels, int8; seeds \`card/0\` to \`card/${shown.length * SAMPLES_OF_CLASS - 1}\`, none picked.`,
  ];
}

const imagesOf = ({ images, by }: ModelCard["training"]): string => (by?.images === 0 ? "an unknown number of" : inWords(images));

/** What a training started from. */
const startOf = ({ from }: ModelCard["training"]): string =>
  from ? `from the weights of ${from.name}${from.images > 0 ? `, which had seen ${inWords(from.images)}` : ""}` : "from random weights";

function factsOf({ spec, training, sampling }: ModelCard): string[][] {
  const parameters = [...parametersOf(spec).values()]
    .filter(({ trainingOnly }) => !trainingOnly)
    .reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  const size = `${(parameters / 1e6).toFixed(2)} M parameters, ${(macsOf(spec) / 1e6).toFixed(1)} M multiply-accumulates per evaluation`;
  return [
    ["network", `${training.network}: ${size}`],
    ["data", `${training.data} (licence ${training.dataLicence}), sigmaData ${spec.sigmaData}`],
    ["training", `${imagesOf(training)} images with repetition, ${startOf(training)}; seed \`${training.seed}\``],
    ...(training.by ? [["trained by", `${training.by.name}, whose file of weights has the SHA-256 \`${training.by.sha256}\``]] : []),
    ["sampling", `${sampling.sampler}, ${evaluations(sampling.sampler, sampling.steps, sampling)} evaluations`],
  ];
}
