/** Checks what a file says of itself before anything is allocated or computed from it. */
import { type ModelCard, SAMPLERS } from "../card.ts";
import { OPTIONS } from "../options.ts";
import { evaluations, MAX_EVALUATIONS } from "../sampler/index.ts";
import { ModelError } from "./model-error.ts";

type Rule = readonly [name: string, expected: string, test: (value: unknown) => boolean];

const text = (name: string): Rule => [name, "a string", (value) => typeof value === "string"];
const number = (name: string, min: number, max: number): Rule => [
  name,
  `a number in [${min}, ${max}]`,
  (value) => typeof value === "number" && value >= min && value <= max,
];
const integer = (name: string, min: number, max: number, multipleOf = 1): Rule => [
  name,
  `${multipleOf === 1 ? "an integer" : `a multiple of ${multipleOf}`} in [${min}, ${max}]`,
  (value) => Number.isInteger(value) && (value as number) >= min && (value as number) <= max && (value as number) % multipleOf === 0,
];
const pair = (name: string, min: number, max: number): Rule => {
  const [, expected, test] = integer(name, min, max);
  return [name, `two numbers, each ${expected}`, (value) => Array.isArray(value) && value.length === 2 && value.every(test)];
};
const ramp = ([name, expected, test]: Rule): Rule => [
  name,
  `${expected}, or two of them`,
  (value) => (Array.isArray(value) ? value.length === 2 && value.every(test) : test(value)),
];
const optional = ([name, expected, test]: Rule): Rule => [name, `${expected} or nothing`, (value) => value === undefined || test(value)];

/**
 * The bounds keep damaged files from asking for absurd amounts of memory; they are far above any network that makes sense here. `steps`
 * is bounded as in a request: a model never refuses its own defaults.
 */
const RULES: readonly Rule[] = [
  text("name"),
  integer("spec.height", 4, 1024, 4),
  integer("spec.width", 4, 1024, 4),
  ["spec.channels", "1 or 3", (value) => value === 1 || value === 3],
  integer("spec.classes", 1, 10_000),
  number("spec.sigmaData", 1e-3, 1e3),
  pair("spec.widths", 1, 4096),
  pair("spec.encoderBlocks", 1, 64),
  pair("spec.decoderBlocks", 1, 64),
  optional(number("spec.bound", 1e-3, 1e3)),
  ["labels", "a list of strings", (value) => Array.isArray(value) && value.every((label) => typeof label === "string")],
  ["dataRange", "[-1, 1]", (value) => JSON.stringify(value) === "[-1,1]"],
  ["sampling.sampler", `one of ${SAMPLERS.join(", ")}`, (value) => (SAMPLERS as readonly unknown[]).includes(value)],
  integer("sampling.steps", OPTIONS.steps.domain.min, OPTIONS.steps.domain.max),
  number("sampling.sigmaMin", 1e-6, 1e6),
  number("sampling.sigmaMax", 1e-6, 1e6),
  number("sampling.rho", 1, 100),
  ramp(["sampling.churn", "a number in [0, 1)", (value) => typeof value === "number" && value >= 0 && value < 1]),
  ramp(number("sampling.extrapolation", 0, 10)),
  integer("sampling.stepsPerLevel", 1, MAX_EVALUATIONS / 2), // one level, guided, is always affordable
  number("sampling.relativeStep", 1e-9, 10),
  text("training.data"),
  text("training.dataLicence"),
  text("training.preset"),
  integer("training.images", 0, Number.MAX_SAFE_INTEGER),
  text("training.seed"),
];

/** The card in a file's metadata. Throws a ModelError that names the first field which is not as it must be. */
export function readCard(json: string): ModelCard {
  const card = parse(json);
  for (const [name, expected, test] of RULES) {
    const value = name.split(".").reduce<unknown>((parent, key) => (parent as Record<string, unknown> | undefined)?.[key], card);
    if (!test(value))
      throw new ModelError(`Expected ${expected} for \`${name}\` of the model's card but received ${JSON.stringify(value)}`);
  }
  const { labels, sampling, spec } = card as unknown as ModelCard;
  if (labels.length !== spec.classes) {
    throw new ModelError(`Expected ${spec.classes} \`labels\` in the model's card, one per class, but received ${labels.length}`);
  }
  const { sampler, steps, sigmaMin, sigmaMax } = sampling;
  if (!(sigmaMin < sigmaMax)) {
    throw new ModelError(
      `Expected a number below sigmaMax = ${sigmaMax} for \`sampling.sigmaMin\` of the model's card but received ${sigmaMin}`,
    );
  }
  const nfe = evaluations(sampler, steps, sampling);
  if (nfe > MAX_EVALUATIONS) {
    throw new ModelError(
      `Expected at most ${MAX_EVALUATIONS} evaluations per image for \`sampling.steps\` of the model's card but received ${steps} (${nfe} evaluations)`,
    );
  }
  return card as unknown as ModelCard;
}

function parse(json: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(json);
    if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  } catch {}
  throw new ModelError("Expected a JSON object for the model's card but received something else");
}
