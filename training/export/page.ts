/**
 * The model card for readers, a Markdown page, rendered from the card in the model's file and from record.json. What a
 * reader wants first comes first: use, limits, figures, how it was made, and hashes last.
 */
import { type ModelCard, nativeShape } from "../../wasm-model/model/card.ts";
import { macsOf, parametersOf } from "../../wasm-model/network/count.ts";
import { evaluationSigmas } from "../../wasm-model/sampling/index.ts";
import { COLUMNS, shownClasses } from "../network/draw.ts";
import { sizeOf } from "../network/parameters.ts";
import type { ModelRecord, Section } from "./record.ts";

export const PAGE = "README.md";

/** The images that the page links to are in its folder: samples.png and those of the record. */
export function pageOf(card: ModelCard, record: ModelRecord): string {
  const { commands, run, figures, hashes, intendedUse, limits, notes } = record;
  const paragraphs = [
    ...head(card),
    ...titled("Intended use", intendedUse),
    ...titled("Limits", limits),
    ...figures.flatMap(measured),
    ...titled("How it was made", [markdownTable([["", ""], ...factsOf(card)]), shell(commands), ...notes]),
    ...(run ? measured(run) : []),
    ...titled("Files", [
      markdownTable([["", ""], ...filesOf(record)]),
      ...Object.entries(hashes).map(([name, hash]) => `${name}: \`${hash}\``),
    ]),
  ];
  return `${paragraphs.join("\n\n")}\n`;
}

const titled = (title: string, paragraphs: readonly string[]): readonly string[] =>
  paragraphs.length > 0 ? [`## ${title}`, ...paragraphs] : [];

const measured = ({ title, commands, tables, notes, pictures }: Section): readonly string[] =>
  titled(title, [
    ...(commands.length > 0 ? [shell(commands)] : []),
    ...tables.map(markdownTable),
    ...notes,
    ...pictures.map(({ file, alt }) => `![${alt}](${file})`),
  ]);

/** The first row is the table's head. */
function markdownTable([head, ...rows]: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

const shell = (commands: readonly string[]): string => ["```sh", ...commands, "```"].join("\n");

const whole = (value: number): string => value.toLocaleString("en");

function head(card: ModelCard): string[] {
  const { name, labels, sampling } = card;
  const shown = shownClasses(labels.length).map((label) => labels[label]);
  const { width, height } = nativeShape(card);
  return [
    `# ${name}`,
    `Draws ${width}x${height} images of ${labels.length === 1 ? "one class" : `${labels.length} classes`}${shown.length < labels.length ? ", among them" : ""}: ${shown.join(", ")}.`,
    `![Samples, a class a row: ${shown.join(", ")}](samples.png)`,
    `${sampling.sampler}, ${sampling.steps} noise levels, int8; seeds \`card/0\` to \`card/${shown.length * COLUMNS - 1}\`, none picked.`,
  ];
}

/** What a training started from. */
const startOf = ({ from }: ModelCard["training"]): string =>
  from ? `from the weights of ${from.name}${from.images > 0 ? `, which had seen ${whole(from.images)}` : ""}` : "from random weights";

function factsOf({ spec, training, sampling }: ModelCard): string[][] {
  const parameters = [...parametersOf(spec).values()]
    .filter(({ trainingOnly }) => !trainingOnly)
    .reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  const size = `${(parameters / 1e6).toFixed(2)} M parameters, ${(macsOf(spec) / 1e6).toFixed(1)} M multiply-accumulates per evaluation`;
  const levels = evaluationSigmas(sampling.sampler, sampling.steps, sampling);
  return [
    ["network", `${training.network}: ${size}`],
    ["data", `${training.data} (licence ${training.dataLicence}), sigmaData ${spec.sigmaData}`],
    ["training", `${whole(training.images)} images with repetition, ${startOf(training)}; seed \`${training.seed}\``],
    ["sampling", `${sampling.sampler}, ${levels.length} evaluations from sigma ${levels[0]} to ${levels[levels.length - 1]}`],
  ];
}

const filesOf = ({ export: { psnr, bytes } }: ModelRecord): string[][] => [
  ...Object.entries(bytes).map(([file, length]) => [`\`${file}\``, `${whole(length)} bytes`]),
  ["int8 against fp32", `${psnr === null ? "no difference" : `${psnr.toFixed(1)} dB`} over all pixels of images of the same seeds`],
];
