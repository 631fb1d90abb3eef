/** The model card, JSON in the ONNX file's metadata. Its type, check, flags and the model's page come from this schema. */
import * as v from "valibot";
import { finisherCounts, macsOf } from "../network/count.ts";
import { MATTE_UNIT } from "../network/finishers.ts";
import { type NetworkSpec, RGB, SPEC } from "../network/spec.ts";
import { startNumbers } from "../sampling/gaussian-start.ts";
import { evaluations } from "../sampling/index.ts";
import { MAX_EVALUATIONS, SAMPLING, type Start } from "../sampling/settings.ts";
import { describeFault, type Fault, faultOf, type Immutable, integer, number, object, rule } from "../schema/fields.ts";
import { line } from "../schema/text.ts";
import { CLASS_NAME, DATA_NAME, isModelName, lookAlike, MODEL_NAME_RULE } from "./names.ts";

export {
  CLASS_NAME,
  type CroppedShape,
  DATA_NAME,
  isModelName,
  LONGEST_NAME,
  lookAlike,
  MODEL_NAME_RULE,
  nameLike,
  nativeShape,
} from "./names.ts";

/** Version of the card and of the model file. A card of format 2 is one of today's without `contrast`. */
export const FORMAT = 3 as const;
const BEFORE = 2;

const MODEL_NAME = v.pipe(v.string(MODEL_NAME_RULE), v.check(isModelName, MODEL_NAME_RULE));

const areDifferent = (texts: string[]): boolean => new Set(texts).size === texts.length;

/** Six hexadecimal digits. */
const COLOUR = /^[0-9a-f]{6}$/;

/** A model's colours, for pixel art. */
const PALETTE_ERROR = "a list of 2 to 64 different colours of six hexadecimal digits";
const PALETTE = v.pipe(
  v.array(v.pipe(v.string(PALETTE_ERROR), v.regex(COLOUR, PALETTE_ERROR)), PALETTE_ERROR),
  v.minLength(2, PALETTE_ERROR),
  v.maxLength(64, PALETTE_ERROR),
  v.check(areDifferent, PALETTE_ERROR),
);

const SHA256 = /^[0-9a-f]{64}$/;
const SHA256_ERROR = "64 hexadecimal digits";

/** The most bytes of any other text. */
const LONGEST_LINE = 1024;

/** Where the images lie in the network's image, in pixels, if the network cannot have their size. */
const CROP = object(
  { top: integer(0, 1024), left: integer(0, 1024), height: integer(1, 1024), width: integer(1, 1024) },
  "an object of top, left, height and width",
);

/** How images of any size were converted for training. Width and height are those of the model's images. */
const CONVERSION = object(
  {
    /** cover, contain or center (training/data/conversion.ts). */
    crop: line(LONGEST_LINE),
    /** The colour behind transparent pixels and beside images that do not fill the image: six hexadecimal digits. */
    background: line(LONGEST_LINE),
  },
  "an object of crop and background",
);

/** The model whose weights a training started from, and the images that those had been trained on. */
export const SOURCE_MODEL = object({ name: MODEL_NAME, images: integer(0, Number.MAX_SAFE_INTEGER) }, "an object of name and images");

/** What trained weights that came in a file of their own: its name or that of the file, the images that it says it has seen, or 0. */
export const TRAINER = object(
  {
    name: line(LONGEST_LINE),
    images: integer(0, Number.MAX_SAFE_INTEGER),
    /** SHA-256 of the file. */
    sha256: v.pipe(v.string(SHA256_ERROR), v.regex(SHA256, SHA256_ERROR)),
    /** SHA-256 of the pictures of which it learned some and left out those that are held out, if it says so. */
    split: v.exactOptional(v.pipe(v.string(SHA256_ERROR), v.regex(SHA256, SHA256_ERROR))),
  },
  "an object of name, images and sha256",
);

const TRAINING = object({
  /** Name of the data set, without the place where it lay, e.g. `fashion-mnist`. */
  data: DATA_NAME,
  /** Licence of the data, as an SPDX identifier if there is one. */
  dataLicence: DATA_NAME,
  /** Missing in the first models, whose images were not converted. */
  pictures: v.exactOptional(CONVERSION),
  /** Name of the network's shape (network/spec.ts). */
  network: line(LONGEST_LINE),
  /** Images presented in training, counted with repetition, without those of `from`. */
  images: integer(0, Number.MAX_SAFE_INTEGER),
  from: v.exactOptional(SOURCE_MODEL),
  seed: line(LONGEST_LINE),
  by: v.exactOptional(TRAINER),
});

/** Whether the lists of a start have the lengths that the network's images need. */
function fits(start: Start, spec: NetworkSpec): boolean {
  const { means, factor } = start;
  const size = startNumbers(start, spec);
  return means.length === spec.classes && means.every(({ length }) => length === size) && factor.length === (size * (size + 1)) / 2;
}

const CARD = v.pipe(
  object(
    {
      format: v.literal(FORMAT, String(FORMAT)),
      name: MODEL_NAME,
      spec: SPEC,
      /** Class names, in label order. */
      labels: v.pipe(
        v.array(CLASS_NAME, "a list of strings"),
        v.check((labels) => lookAlike(labels) === undefined, "a list of strings that look different"),
      ),
      /** Pixel values 0 and 255 in the network's units. */
      dataRange: v.strictTuple([v.literal(-1, "-1"), v.literal(1, "1")], "[-1, 1]"),
      sampling: SAMPLING,
      crop: v.exactOptional(CROP),
      /** The colours of pixel art, which its images have and no others. */
      palette: v.exactOptional(PALETTE),
      /** Whether images that are cut out stand on a key, a ground that none of the palette is near to: what is drawn in it is clear (render/palette.ts). */
      keyed: v.exactOptional(v.literal(true, "true")),
      /** Whether its images are their own mirror images, to which D is projected then (render/generate.ts). */
      mirrored: v.exactOptional(v.literal(true, "true")),
      /** Of the training images (training/measure/looks.ts): the extrapolation is fitted to it, for other steps again. Absent where a searched schedule decides. */
      contrast: v.exactOptional(number(0, 255)),
      /** Whether its images are cut out: drawn on the ground `training.pictures.background`, and transparent where that shows, by a matte or a key. */
      cutOut: v.exactOptional(v.literal(true, "true")),
      training: TRAINING,
    },
    "a JSON object",
  ),
  rule(["labels"], ({ labels, spec }) => labels.length === spec.classes, "one label for each class of `spec.classes`"),
  rule(
    ["sampling", "steps"],
    ({ sampling }) => evaluations(sampling.sampler, sampling.steps, sampling) <= MAX_EVALUATIONS,
    `at most ${MAX_EVALUATIONS} evaluations per image`,
  ),
  rule(
    ["sampling"],
    ({ sampling, spec }) => [sampling, ...(sampling.schedules ?? [])].every(({ start }) => !start || fits(start, spec)),
    "starts with one mean for each class, and lists that fit their squares and the image's channels",
  ),
  rule(
    ["cutOut"],
    ({ spec, ...card }) => !hasMatte(card) || (spec.channels === RGB && spec.height % MATTE_UNIT === 0 && spec.width % MATTE_UNIT === 0),
    `nothing with images that are grey or whose sides are no multiples of ${MATTE_UNIT}`,
  ),
  rule(
    ["keyed"],
    ({ keyed, palette, cutOut }) => !keyed || (palette !== undefined && cutOut === true),
    "nothing without `palette` and `cutOut`",
  ),
  rule(["mirrored"], ({ mirrored, crop }) => !mirrored || !crop, "nothing with `crop`"),
  rule(["palette"], ({ palette, spec }) => !palette || spec.channels === RGB, "nothing with grey images"),
  rule(
    ["training", "pictures"],
    ({ cutOut, palette, training }) => !(cutOut || palette) || COLOUR.test(training.pictures?.background ?? ""),
    "a `background` of six hexadecimal digits with `cutOut` and with `palette`",
  ),
  rule(
    ["crop"],
    ({ crop, spec }) => !crop || (crop.top + crop.height <= spec.height && crop.left + crop.width <= spec.width),
    "a rectangle within the network's image",
  ),
);

/** Whether a file with this card has a matte, which says what of its images is clear. */
export const hasMatte = ({ cutOut, keyed }: { readonly cutOut?: boolean; readonly keyed?: boolean }): boolean => cutOut === true && !keyed;

/** A model file's description of itself: its network, its classes, the defaults of a request and what it was trained on. */
export type ModelCard = Immutable<v.InferOutput<typeof CARD>>;
/** How the weights were made. */
export type TrainingRecord = ModelCard["training"];

/** The most MACs of one evaluation. `NETWORKS` need up to 0.24e9; a file that asks for more is damaged or hostile. */
export const MAX_MACS = 2e9;

/** The card. Throws a ModelError that names the first invalid field, or says that the format is another or the network too costly. */
export function checkedCard(value: unknown): ModelCard {
  const { format } = Object(value) as { readonly format?: unknown };
  if (format === BEFORE) {
    const card = value as object;
    if ("contrast" in card)
      throw new ModelError(`Expected a card of format ${FORMAT} for \`contrast\` but received one of format ${BEFORE}`);
    return checkedCard({ ...card, format: FORMAT });
  }
  if (typeof format === "number" && format !== FORMAT) {
    const writer =
      format > FORMAT
        ? "a newer version of Anneal: update this one"
        : "an older version of Anneal: train the model again, or use that version";
    throw new ModelError(`Expected a model of format ${FORMAT} but received one of format ${format}, which was written by ${writer}`);
  }
  const fault = faultOf(CARD, value) ?? faultOfCost(value as ModelCard);
  if (fault) throw new ModelError(describeFault(fault, "the model's card"));
  return value as ModelCard;
}

function faultOfCost({ spec, ...card }: ModelCard): Fault | undefined {
  const macs = Math.max(macsOf(spec), hasMatte(card) ? finisherCounts("matte", spec.height, spec.width).macs : 0);
  if (macs <= MAX_MACS) return undefined;
  return { name: "spec", expected: `at most ${MAX_MACS} multiply-accumulates per evaluation`, received: String(macs) };
}

/** A model file that this library did not write, or that was damaged or edited since. */
export class ModelError extends Error {
  override name = "ModelError";
}
