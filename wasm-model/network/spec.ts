/** The shape of a score network, as stored in a model's card. */
import * as v from "valibot";
import { type Immutable, integer, number, object, rule } from "../schema/fields.ts";

const MIN_LEVELS = 2;
const MAX_LEVELS = 4;

/** A number for each level of the network: level k has maps of 1 / 2^(k+1) of the image's size. */
const levels = (min: number, max: number) => {
  const error = `a list of ${MIN_LEVELS} to ${MAX_LEVELS} integers from ${min} to ${max}`;
  return v.pipe(v.array(integer(min, max), error), v.minLength(MIN_LEVELS, error), v.maxLength(MAX_LEVELS, error));
};

/** Height and width of the network's image must be multiples of this, so that each level has whole pixels. */
export const sizeUnit = ({ widths }: { readonly widths: readonly number[] }): number => 1 << widths.length;

/** The bounds keep damaged files from asking for absurd amounts of memory, far above any network that makes sense here. */
const FIELDS = object({
  /** Image size in pixels, multiples of `sizeUnit`. */
  height: integer(4, 1024),
  width: integer(4, 1024),
  /** Image channels C: grey or RGB. */
  channels: v.picklist([1, 3], "1 or 3"),
  /** Number of classes K. */
  classes: integer(1, 10_000),
  /** Standard deviation of the training data, in units of the data range [-1, 1]. */
  sigmaData: number(1e-3, 1e3),
  /** Feature channels of each level: at half resolution, at a quarter, ...; of more the engine's sums could overflow (winograd-4.ts). */
  widths: levels(1, 229),
  encoderBlocks: levels(1, 64),
  /** Decoder blocks of each level. From the second on they get the skip from the encoder. */
  decoderBlocks: levels(2, 64),
  /** Largest magnitude that quantized convolutions read, beyond which values saturate; ACTIVATION_BOUND in new networks. */
  bound: v.exactOptional(number(1e-3, 1e3)),
  /** Whether the network ignores its one class, as new ones do. */
  unconditional: v.exactOptional(v.literal(true, "true")),
});

type SpecFields = v.InferOutput<typeof FIELDS>;

const oneForEachWidth = (blocks: "encoderBlocks" | "decoderBlocks") =>
  rule([blocks], (spec: SpecFields) => spec[blocks].length === spec.widths.length, "one integer for each of `spec.widths`");

const isHalvable = (size: "height" | "width") =>
  rule(
    [size],
    (spec: SpecFields) => spec[size] % sizeUnit(spec) === 0,
    ({ input }) => `a multiple of ${sizeUnit(input)} from 4 to 1024`,
  );

export const SPEC = v.pipe(
  FIELDS,
  ...[oneForEachWidth("encoderBlocks"), oneForEachWidth("decoderBlocks"), isHalvable("height"), isHalvable("width")],
  rule(["unconditional"], ({ unconditional, classes }) => !unconditional || classes === 1, "nothing with several classes"),
);

/** The shape of a score network: its image, its classes, and feature channels and blocks of each level. */
export type NetworkSpec = Immutable<v.InferOutput<typeof SPEC>>;

/** The channels of an image in colour. */
export const RGB = 3;

/** Size in pixels. */
export type Size = Pick<NetworkSpec, "height" | "width">;
/** Size in pixels and channels of an image. */
export interface ImageShape extends Size {
  readonly channels: number;
}

/** Activations have unit magnitude, so a bound of 8 clips few values and gives seven bits a finer step. */
export const ACTIVATION_BOUND = 8;

/** Shapes of networks by name: s or m (small, medium), the width of the first level, and x3 where there are three levels. */
export const NETWORKS = {
  s32: { widths: [32, 64], encoderBlocks: [1, 2], decoderBlocks: [2, 2] },
  m32: { widths: [32, 96], encoderBlocks: [1, 2], decoderBlocks: [2, 2] },
  s32x3: { widths: [32, 64, 128], encoderBlocks: [1, 2, 2], decoderBlocks: [2, 2, 2] },
} as const satisfies Record<string, Pick<NetworkSpec, "widths" | "encoderBlocks" | "decoderBlocks">>;

export type NetworkName = keyof typeof NETWORKS;
