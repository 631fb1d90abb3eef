/**
 * The model card: the network's shape and what a user of the model must know, stored as JSON in the ONNX file's `metadata_props`. The type, the check when a
 * file is read, the commands' flags and the model's page are derived from this schema.
 */
import * as z from "zod/mini";
import { macsOf } from "../network/count.ts";
import { SPEC } from "../network/spec.ts";
import { evaluations } from "../sampling/index.ts";
import { MAX_EVALUATIONS, SAMPLING } from "../sampling/settings.ts";
import { faultOf, type Immutable, integer, text } from "../schema/fields.ts";
import { ModelError } from "./model-error.ts";

/** Version of the card and of the model file (formats.ts). */
export const FORMAT = 1;

/** The picture's rectangle in the network's image, in pixels, for data whose size the network cannot have. */
const CROP = z.strictObject(
  { top: integer(0, 1024), left: integer(0, 1024), height: integer(1, 1024), width: integer(1, 1024) },
  { error: "an object of top, left, height and width" },
);

const TRAINING = z.strictObject(
  {
    /** Name or folder of the data set, e.g. `fashion-mnist`. */
    data: text(),
    /** Licence of the data, SPDX where there is one. */
    dataLicence: text(),
    /** Name of the network's shape (network/spec.ts). */
    network: text(),
    /** Images presented in training, counted with repetition, including the earlier runs that this one started from. */
    images: integer(0, Number.MAX_SAFE_INTEGER),
    seed: text(),
  },
  { error: "an object" },
);

export const CARD = z
  .strictObject(
    {
      format: z.literal(FORMAT, { error: String(FORMAT) }),
      name: text(),
      spec: SPEC,
      /** Class names, in label order. */
      labels: z.array(text(), { error: "a list of strings" }),
      /** Pixel values 0 and 255 in the network's units. */
      dataRange: z.tuple([z.literal(-1), z.literal(1)], { error: "[-1, 1]" }),
      sampling: SAMPLING,
      crop: z.exactOptional(CROP),
      training: TRAINING,
    },
    { error: "a JSON object" },
  )
  .check(
    z.refine(({ labels, spec }) => labels.length === spec.classes, {
      path: ["labels"],
      error: "one label for each class of `spec.classes`",
    }),
    z.refine(({ sampling }) => evaluations(sampling.sampler, sampling.steps, sampling) <= MAX_EVALUATIONS, {
      path: ["sampling", "steps"],
      error: `at most ${MAX_EVALUATIONS} evaluations per image`,
    }),
    z.refine(({ crop, spec }) => !crop || (crop.top + crop.height <= spec.height && crop.left + crop.width <= spec.width), {
      path: ["crop"],
      error: "a rectangle within the network's image",
    }),
  );

export type ModelCard = Immutable<z.infer<typeof CARD>>;
export type TrainingRecord = ModelCard["training"];

/**
 * Multiply-accumulates of one evaluation that a model may need at most. The widest network of `NETWORKS` on its largest images needs 0.9e9; a file that asks for
 * more is damaged or hostile.
 */
export const MAX_MACS = 2e9;

/** The value as a card. Throws a ModelError that names the first invalid field, or says that the network is too costly. */
export function checkedCard(value: unknown): ModelCard {
  const fault = faultOf(CARD, value);
  if (!fault) return affordable(value as ModelCard);
  const { name, expected, received } = fault;
  throw new ModelError(
    `Expected ${expected} for ${name ? `\`${name}\` of the model's card` : "the model's card"} but received ${received}`,
  );
}

function affordable(card: ModelCard): ModelCard {
  const macs = macsOf(card.spec);
  if (macs <= MAX_MACS) return card;
  throw new ModelError(
    `Expected at most ${MAX_MACS} multiply-accumulates per evaluation for \`spec\` of the model's card but received ${macs}`,
  );
}

/** Size in pixels and channels of the pictures that a model draws. */
export interface PictureShape {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** The native shape of a model's pictures: its network's, or what the card crops out of it. */
export function pictureShape({ spec, crop }: Pick<ModelCard, "spec" | "crop">): PictureShape {
  const { height, width } = crop ?? spec;
  return { height, width, channels: spec.channels };
}
