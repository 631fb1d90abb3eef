/**
 * `npm run lab -- compare`: compares all samplers by FID against network evaluations (NFE), on one network in one or several
 * files (int8, fp32). The tuning classifier chooses the settings of each, the judging one measures the best.
 */
import { join } from "node:path";
import { newCommand, numberIn, runCommandLine } from "../../training/cli/command-line.ts";
import { makeFolder, writeFileAtomically } from "../../training/cli/files.ts";
import { UserError } from "../../training/cli/user-error.ts";
import { COMPARED_SAMPLERS, PUBLISHED_EVALUATIONS } from "./compared-samplers.ts";
import { describeReference, expectReference } from "./judges.ts";
import { listOf } from "./lists.ts";
import { describeSampling, evaluationsOf, type MeasuringFlags, open, qualities, withMeasuringFlags, withSampling } from "./measuring.ts";
import { MIN_COUNT, percent, realQuality, textTable } from "./quality.ts";

interface CompareFlags extends MeasuringFlags {
  readonly judge?: string;
  readonly nfe: readonly number[];
  readonly samplers: readonly string[];
  readonly tuneCount: number;
  readonly slowCount: number;
  readonly out: string;
}

/** One cell of the table: figures by the judging classifier, and by the tuning one, which chose the settings. */
interface Entry {
  readonly sampler: string;
  readonly precision: string;
  /** The position on the NFE axis. */
  readonly nfe: number;
  readonly evaluations: number;
  readonly settings: string;
  readonly images: number;
  readonly fid: number;
  readonly classAccuracy: number;
  readonly tuningFid: number;
}

const NFE = [4, 6, 8, 10, 20, 50, PUBLISHED_EVALUATIONS];
const NAMES: readonly string[] = COMPARED_SAMPLERS.map(({ sampler }) => sampler);

function samplerName(text: string): string {
  if (NAMES.includes(text)) return text;
  throw new UserError(`Expected one of ${NAMES.join(", ")} for \`samplers\` but received "${text}"`);
}

function commandLine(argv: readonly string[]): { files: string[]; flags: CompareFlags } {
  const command = withMeasuringFlags(newCommand("lab compare"), { count: 10_000, seed: "evaluate" })
    .description(
      "Compares the samplers: FID against network evaluations per image. Each sampler uses the settings that are best on the first file.",
    )
    .argument("<model.onnx...>", "the files of one network; settings are chosen on the first")
    .option("--judge <file>", "the judging classifier (default: the data set's own)")
    .option("--nfe <list>", "numbers of network evaluations to compare at", listOf("nfe", numberIn("nfe", 1, PUBLISHED_EVALUATIONS)), NFE)
    .option("--samplers <list>", "which samplers to compare", listOf("samplers", samplerName), NAMES)
    .option(
      "--tune-count <n>",
      "images for choosing a sampler's settings, of other seeds; fewer above 20 evaluations",
      numberIn("tune-count", MIN_COUNT, 1e6),
      2000,
    )
    .option("--slow-count <n>", `images at ${PUBLISHED_EVALUATIONS} evaluations`, numberIn("slow-count", MIN_COUNT, 1e6), 2000)
    .option("--out <folder>", "where comparison.json goes", "runs/compare")
    .parse(argv);
  return { files: command.args, flags: command.opts<CompareFlags>() };
}

/** Images drawn to choose among settings: fewer where an image takes long. */
const tuning = (nfe: number, { tuneCount }: CompareFlags): number => Math.max(MIN_COUNT, Math.round(tuneCount * Math.min(1, 20 / nfe)));

/** A judging classifier's FIDs are hundredths, a tuning one's may be thousands. */
const threeDigits = (fid: number): string =>
  fid.toLocaleString("en", { minimumSignificantDigits: 3, maximumSignificantDigits: 3, useGrouping: false });

function table(entries: readonly Entry[], nfe: readonly number[]): string {
  const nameOf = ({ sampler, precision }: Entry): string => `${sampler}, ${precision}`;
  const names = [...new Set(entries.map(nameOf))];
  const rowOf = (name: string) => entries.filter((entry) => nameOf(entry) === name);
  const cells = (row: readonly Entry[], of: (entry: Entry) => number): string[] =>
    nfe.map((place) => row.filter((entry) => entry.nfe === place).map(of)).map(([fid]) => (fid === undefined ? "" : threeDigits(fid)));
  return textTable([
    ["FID at NFE", ...nfe.map(String)],
    ...names.flatMap((name) => [
      [name, ...cells(rowOf(name), ({ fid }) => fid)],
      ["  by the tuning classifier", ...cells(rowOf(name), ({ tuningFid }) => tuningFid)],
    ]),
  ]);
}

const describeEntry = ({ precision, settings, images, fid, classAccuracy, tuningFid }: Entry): string =>
  `${precision}, ${settings}: FID ${fid.toFixed(3)}, class accuracy ${percent(classAccuracy)}, ${images} images (by the tuning classifier ${tuningFid.toFixed(3)})`;

await runCommandLine(async () => {
  const { files, flags } = commandLine(process.argv);
  const { nfe, samplers, seed, out } = flags;
  makeFolder(out);
  const opened = await open(files, flags);
  const { tf, models, dataset, count } = opened;
  const tuner = expectReference(opened, "tuning", flags.classifier);
  const judge = expectReference(opened, "judging", flags.judge);
  const described = [describeReference(judge), `settings are chosen by the tuning classifier: ${describeReference(tuner)}`];
  console.log(described.join("\n"));

  const entries: Entry[] = [];
  for (const { sampler, variants } of COMPARED_SAMPLERS.filter((one) => samplers.includes(one.sampler))) {
    for (const place of nfe) {
      const candidates = variants(place).map((variant) => ({ ...variant, sampler }));
      if (candidates.length === 0) continue;
      let chosen = candidates[0];
      let least = Number.POSITIVE_INFINITY;
      for (const candidate of candidates.length > 1 ? candidates : []) {
        const trial = { count: Math.min(count, tuning(place, flags)), seed: `${seed}/tune` };
        const [{ fid }] = await qualities(tf, [tuner], withSampling(models[0], candidate), trial);
        if (fid < least) [chosen, least] = [candidate, fid];
      }
      const images = place < PUBLISHED_EVALUATIONS ? count : Math.min(flags.slowCount, count);
      for (const model of models) {
        const drawn = withSampling(model, chosen);
        const [{ fid, classAccuracy }, tuned] = await qualities(tf, [judge, tuner], drawn, { count: images, seed });
        const of = { sampler, precision: model.precision, nfe: place, images };
        const settings = { evaluations: evaluationsOf(drawn.card), settings: describeSampling(drawn.card) };
        entries.push({ ...of, ...settings, fid, classAccuracy, tuningFid: tuned.fid });
        console.log(describeEntry(entries[entries.length - 1]));
      }
    }
  }

  const realFids = [...new Set(entries.map(({ images }) => images))].map((images) => ({
    ...{ count: images, fid: realQuality(judge, images).fid, tuningFid: realQuality(tuner, images).fid },
  }));
  const lines = [
    `\n${table(entries, nfe)}\n`,
    ...described,
    ...realFids.map(
      ({ count: images, fid, tuningFid }) =>
        `real test images, ${images}: ${fid.toFixed(3)} (by the tuning classifier ${tuningFid.toFixed(3)})`,
    ),
    `seeds ${seed}/0, ...; the best settings, chosen with ${models[0].precision} on seeds ${seed}/tune/0, ...:`,
    ...entries.map((entry) => `  ${describeEntry(entry)}`),
  ];
  console.log(lines.join("\n"));
  writeFileAtomically(join(out, "comparison.json"), `${JSON.stringify({ data: dataset.name, seed, realFids, entries }, null, 2)}\n`);
  console.log(`wrote ${join(out, "comparison.json")}`);
});
