/** The parts of documents that are made: lists of contents, the table of options, tables of quality and of speed. */
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import * as v from "valibot";
import { augmentationOf, BATCH, guidanceOf, learningRateOf, logSigmaOf, stableShareOf } from "../../training/learning/defaults.ts";
import { RECIPE } from "../../training/learning/recipe.ts";
import { PATIENCE } from "../../training/learning/reports.ts";
import { MOST_CHANGED } from "../../training/network/augment.ts";
import { HELD_OUT_SIGMAS } from "../../training/network/held-out.ts";
import { MAX_CODE, MAX_WEIGHT } from "../../wasm-model/network/quantization.ts";
import { domainInWords, QUERY_NAMES, QUERY_OPTIONS } from "../../worker/service/request.ts";
import { million, PRICE } from "../bench/measure.ts";
import { ATTRIBUTE_ROWS } from "./declarations.ts";
import { anchorsOf, headingsOf } from "./document-links.ts";

const ROOT = resolve(import.meta.dirname, "../..");

const read = <Schema extends v.GenericSchema>(path: string, schema: Schema): v.InferOutput<Schema> =>
  v.parse(schema, JSON.parse(readFileSync(join(ROOT, path), "utf8")));

interface ReferenceTable {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A table in Markdown, whose columns are as wide as their widest cell. */
function table({ head, rows }: ReferenceTable): string {
  const cells = [head, ...rows].map((row) => row.map((cell) => cell.replaceAll("|", "\\|")));
  const widths = head.map((_, column) => Math.max(...cells.map((row) => row[column].length)));
  const line = (row: readonly string[], fill = " ") => `| ${row.map((cell, column) => cell.padEnd(widths[column], fill)).join(" | ")} |`;
  const [first, ...others] = cells;
  return [
    line(first),
    line(
      head.map(() => ""),
      "-",
    ),
    ...others.map((row) => line(row)),
  ].join("\n");
}

/** The chapters of a document and their sections. */
function contents(document: string): string {
  const anchors = anchorsOf(document);
  return headingsOf(document)
    .flatMap(({ level, title }, i) => (level === 2 || level === 3 ? `${"  ".repeat(level - 2)}- [${title}](#${anchors[i]})` : []))
    .join("\n");
}

function options(): string {
  const rows = QUERY_NAMES.map((name) => [
    `\`${name}\``,
    domainInWords(QUERY_OPTIONS[name].domain),
    QUERY_OPTIONS[name].default,
    QUERY_OPTIONS[name].doc,
  ]);
  return table({ head: ["option", "values", "default", "what it does"], rows });
}

const generatedAndReal = v.tuple([v.string(), v.string()]);

/** By the folder of a model, in the README's order: its int8 file by the judging classifier of its data. */
const qualityFigures = v.record(v.string(), v.object({ fid: generatedAndReal, recognized: generatedAndReal, distance: v.string() }));

function quality(): string {
  const beside = ([generated, real]: readonly string[]): string => `${generated} (${real})`;
  const rows = Object.entries(read("test/lab/quality.json", qualityFigures)).map(([folder, { fid, recognized, distance }]) => [
    `[${folder}](wasm-model/models/${folder}/README.md)`,
    ...[beside(fid), beside(recognized), distance],
  ]);
  return table({ head: ["model", "FID (real)", "class recognized (real), %", "distance to nearest training image (real: 1)"], rows });
}

/** Medians of `npm run bench -- engine`, by the names of what it compares. */
const engineFigures = v.object({ machine: v.string(), node: v.string(), macs: v.number(), milliseconds: v.record(v.string(), v.number()) });
const workerdFigures = v.object({
  machine: v.string(),
  model: v.string(),
  evaluations: v.number(),
  image: v.number(),
  firstImage: v.number(),
});

/** One evaluation by the engine and by onnxruntime-web, and what a default image costs. */
function speed(): string {
  const { machine, node, macs, milliseconds } = read("test/bench/figures/engine.json", engineFigures);
  const workerd = read("test/bench/figures/workerd.json", workerdFigures);
  const place = workerd.machine === machine ? "" : ` on ${workerd.machine}`;
  const [ours, ort] = [milliseconds["engine, relaxed"], milliseconds["onnxruntime-web, int8 in its fastest form"]];
  return [
    `One evaluation of \`fashion-mnist\` (${(macs / 1e6).toFixed(1)} million multiplications) takes ${ours.toFixed(2)} ms on one thread of Node ${node}, by onnxruntime-web ${ort.toFixed(2)}: Anneal is ${(ort / ours).toFixed(1)} times as fast. \`npm run bench -- engine\` measures this, here on ${machine}.`,
    `In Cloudflare's runtime an image by \`${workerd.model}\` takes ${workerd.image.toFixed(1)} ms of CPU (${workerd.evaluations} evaluations; the first after a start ${workerd.firstImage.toFixed(0)}): \`npm run bench -- workerd\`${place}.`,
  ].join("\n\n");
}

/** Milliseconds of CPU of an answer without drawing, by `npm run bench -- load` on an AMD EPYC. */
const CACHED = 0.3;

/** What a million answers cost on Cloudflare. */
function cost(): string {
  const { machine, model, evaluations, image } = read("test/bench/figures/workerd.json", workerdFigures);
  const row = (answers: string, ms: number) => [answers, `${ms.toFixed(1)} ms`, million(ms)];
  return [
    `On Workers Paid, beyond its 5 dollars a month and what they include: $${PRICE.requests.toFixed(2)} per million requests, $${PRICE.cpu.toFixed(2)} per million milliseconds of CPU, which is that of the Worker's process. New images as \`npm run bench -- workerd\` measured them on ${machine}; the others as \`npm run bench -- load\` did:`,
    table({
      head: ["a million answers", "CPU each", "cost"],
      rows: [
        row(`new images, with the default options (${evaluations} evaluations by \`${model}\`)`, image),
        row("half new, half cached in the isolate", (image + CACHED) / 2),
        row("cached in the isolate, or answered with 304", CACHED),
        ["cached by a browser or a CDN (`immutable`), and all pages and scripts", "none", "$0"],
      ],
    }),
  ].join("\n\n");
}

/** The numbers that training needs beside the tensors, as code has them. */
function recipe(): string {
  const { logSigma, labelDropout, warmUp, guidance, adam, filterEpsilon, averageGamma } = RECIPE;
  const { shift, logScale, degrees } = MOST_CHANGED;
  const art = logSigmaOf(true);
  const rows = [
    ["noise level", `ln sigma ~ N(${logSigma.mean}, ${logSigma.std}²); pixel art N(${art.mean}, ${art.std}²)`],
    ["class hidden (label of zeros)", `of ${labelDropout} of the images`],
    ["each change of an image", `with probability ${augmentationOf(0)}, of fewer than 10 000 pictures`],
    ["largest changes", `shift ${shift} of a side, log2 scale ${logScale}, ${degrees} degrees, hue pi`],
    ["Adam", `beta1 ${adam.beta1}, beta2 ${adam.beta2}, epsilon ${adam.epsilon}`],
    ["learning rate, batch", `${learningRateOf(true)} (from nothing ${learningRateOf(false)}), ${BATCH}`],
    ["warm-up", `over ${warmUp.steps} steps, at most ${warmUp.share} of the run`],
    ["added to a filter's root mean square", String(filterEpsilon)],
    ["average of the weights", `gamma ${averageGamma}`],
    [
      "cool-down",
      `after ${stableShareOf(false)} of the steps (pixel art ${stableShareOf(true)}), or ${PATIENCE} reports without a lower held-out loss`,
    ],
    ["guidance, from weights", `${guidanceOf(true, false)} (pixel art ${guidanceOf(true, true)}), up to sigma ${guidance.sigmaMax}`],
    ["codes, filters", `0 to ${MAX_CODE}, -${MAX_WEIGHT} to ${MAX_WEIGHT}`],
    ["noise levels of the held-out loss", HELD_OUT_SIGMAS.join(", ")],
  ];
  return table({ head: ["what", "number"], rows });
}

/** By name: the part's text, for the document that it is in. */
export const PARTS: Readonly<Record<string, (document: string) => string>> = {
  ...{ contents, options, quality, speed, cost, recipe },
  attributes: () =>
    table({
      head: ["attribute", "takes", "default", "what it does"],
      rows: ATTRIBUTE_ROWS.map(([name, ...words]) => [`\`${name}\``, ...words]),
    }),
};
