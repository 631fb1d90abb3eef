/**
 * `npm run lab -- page`: renders a model's README.md from its record.json again. With reports of `npm run lab -- evaluate`
 * their figures take the place of those in the record: a column for each file and classifier, of means and standard
 * errors if there are several reports of it.
 */
import { join } from "node:path";
import { newCommand, runCommandLine } from "../../training/cli/command-line.ts";
import { writeFileAtomically } from "../../training/cli/files.ts";
import { readModelFile } from "../../training/cli/model-files.ts";
import { readJson } from "../../training/cli/parse-json.ts";
import { PAGE, pageOf } from "../../training/export/page.ts";
import { readRecord, type Section } from "../../training/export/record.ts";
import { type HeldOutLoss, meanOf } from "../../training/network/held-out.ts";
import { readModel } from "../../wasm-model/model/onnx/reader.ts";
import { RECORD_FILE } from "../../wasm-model/model/recorded.ts";
import { standardError } from "../support/random-numbers.ts";
import { purposeOf } from "./judges.ts";
import { percent, type Quality } from "./quality.ts";

/** What `npm run lab -- evaluate` writes, as far as it is shown. */
interface Report {
  readonly precision: string;
  readonly data: string;
  readonly count: number;
  readonly seed: string;
  readonly labels: readonly string[];
  readonly heldOut: readonly HeldOutLoss[];
  readonly neighbours: { readonly images: number; readonly distance: number; readonly realDistance?: number };
  readonly generated: Quality;
  readonly real: Quality;
  readonly classifier: { readonly network: "small" | "large" | "deep"; readonly testAccuracy: number };
}

/** The mean and, of several numbers, its standard error. */
const mean = (show: (value: number) => string, values: readonly number[]): string =>
  show(meanOf(values)) + (values.length > 1 ? ` ± ${show(standardError(values))}` : "");

/** What the images were compared with. A judging classifier's part is in every page that shows its figures. */
function describeComparison({ data, classifier: { network, testAccuracy } }: Report): string {
  const purpose = purposeOf(network);
  const part = purpose === "judging" ? "; in no choice of schedule or checkpoint" : "";
  return `${purpose}: compared with the training images of ${data}, in features of the ${purpose} classifier (${percent(testAccuracy, 2)} accuracy on the test images${part}).`;
}

function sectionOf(reports: readonly Report[], commands: readonly string[]): Section {
  const nameOf = ({ precision, classifier }: Report): string => `${precision}, ${purposeOf(classifier.network)}`;
  const names = [...new Set(reports.map(nameOf))];
  const groups = names.map((name) => [name, reports.filter((one) => nameOf(one) === name)] as const);
  const row = (name: string, show: (value: number) => string, of: (report: Report) => readonly [generated: number, real: number]) => [
    name,
    ...groups.flatMap(([, all]) => [mean(show, all.map((one) => of(one)[0])), show(of(all[0])[1])]), // biome-ignore format: one idea
  ];
  const figure = (name: string, key: "fid" | "classAccuracy", show: (value: number) => string) =>
    row(name, show, ({ generated, real }) => [generated[key], real[key]]);
  const [{ labels, data, count, heldOut, neighbours }] = reports;
  const seeds = [...new Set(reports.map(({ seed }) => `\`${seed}/0\`, ...`))];
  const hasDistances = reports.every(({ neighbours: { realDistance } }) => realDistance !== undefined);
  return {
    title: "Figures",
    commands,
    tables: [
      [
        ["", ...groups.flatMap(([name]) => [name, `real, ${name.split(", ")[1]}`])],
        figure("FID", "fid", (value) => value.toFixed(4)),
        figure("class accuracy", "classAccuracy", percent),
        ...(hasDistances
          ? [
              row(
                "distance to the nearest training image, times that of real images",
                (value) => value.toFixed(3),
                ({ neighbours: { distance, realDistance = Number.NaN } }) => [distance / realDistance, 1],
              ),
            ]
          : []),
      ],
      [
        ["class", ...groups.map(([name]) => `${name}: drawn as asked`)],
        ...labels.map((label, i) => [
          label,
          ...groups.map(([, all]) => percent(all.reduce((sum, one) => sum + one.generated.accuracyByClass[i] / all.length, 0))),
        ]),
      ],
      [
        ["held-out loss at sigma", ...heldOut.map(({ sigma }) => String(sigma))],
        ...[...new Map(reports.map((one) => [one.precision, one.heldOut]))].map(([name, losses]) => [
          name,
          ...losses.map(({ loss }) => loss.toFixed(4)),
        ]),
      ],
    ],
    notes: [
      `${count.toLocaleString("en")} images of each of the seeds ${seeds.join(" and ")}, classes as often as in the training set of ${data}${seeds.length > 1 ? "; means and standard errors of the sets" : ""}.`,
      ...new Set(reports.map(describeComparison)),
      ...(hasDistances ? [`The distance is of ${neighbours.images} images of each seed, the same number of each class.`] : []),
    ],
    pictures: [],
  };
}

await runCommandLine(async () => {
  const command = newCommand("lab page")
    .argument("<folder>", "the model's folder")
    .argument("[report.json...]", "reports of `npm run lab -- evaluate`, whose figures go into the record")
    .option("--command <line...>", "the commands that made the reports", [])
    .parse(process.argv);
  const [folder, ...files] = command.args;
  const earlier = readRecord(folder);
  const { command: commands } = command.opts<{ command: readonly string[] }>();
  const reports = files.map((file) => readJson(file) as Report);
  const sections = reports.length > 0 ? [sectionOf(reports, commands)] : [];
  const others = earlier.figures.filter(({ title }) => title !== sections[0]?.title);
  const record = { ...earlier, figures: [...sections, ...others] };
  writeFileAtomically(join(folder, RECORD_FILE), `${JSON.stringify(record, null, 2)}\n`);
  writeFileAtomically(join(folder, PAGE), pageOf(readModel(readModelFile(folder)).card, record));
  console.log(`wrote ${join(folder, PAGE)}`);
});
