/** The shape of a score network, as a model's card has it. */
import * as z from "zod/mini";
import { type Immutable, integer, number } from "../schema/fields.ts";

const MIN_LEVELS = 2;
const MAX_LEVELS = 4;

/** A number for each level of the network: level k has maps of 1 / 2^(k+1) of the image's size. */
const levels = (min: number, max: number) => {
  const error = `a list of ${MIN_LEVELS} to ${MAX_LEVELS} integers from ${min} to ${max}`;
  return z.array(integer(min, max), { error }).check(z.minLength(MIN_LEVELS, { error }), z.maxLength(MAX_LEVELS, { error }));
};

interface Levels {
  readonly widths: readonly number[];
}

/** What height and width of the network's image are multiples of: so each level has whole pixels. */
export const sizeUnit = ({ widths }: Levels): number => 1 << widths.length;

type Size = "height" | "width";
const halved = (size: Size) =>
  z.refine<Levels & Record<Size, number>>((spec) => spec[size] % sizeUnit(spec) === 0, {
    path: [size],
    error: ({ input }) => `a multiple of ${sizeUnit(input as Levels)} from 4 to 1024`,
  });

type Blocks = "encoderBlocks" | "decoderBlocks";
const oneForEachWidth = (blocks: Blocks) =>
  z.refine<Levels & Record<Blocks, readonly number[]>>((spec) => spec[blocks].length === spec.widths.length, {
    path: [blocks],
    error: "one integer for each of `spec.widths`",
  });

/** The bounds keep damaged files from asking for absurd amounts of memory; they are far above any network that makes sense here. */
export const SPEC = z
  .strictObject(
    {
      /** Image size in pixels, multiples of `sizeUnit`. */
      height: integer(4, 1024),
      width: integer(4, 1024),
      /** Image channels C: grey or RGB. */
      channels: z.union([z.literal(1), z.literal(3)], { error: "1 or 3" }),
      /** Number of classes K. */
      classes: integer(1, 10_000),
      /** Standard deviation of the training data, in units of the data range [-1, 1]. */
      sigmaData: number(1e-3, 1e3),
      /** Feature channels of each level: at half resolution, at a quarter, ... */
      widths: levels(1, 4096),
      /** Encoder blocks of each level. */
      encoderBlocks: levels(1, 64),
      /** Decoder blocks of each level: from the second on they have the skip from the encoder. */
      decoderBlocks: levels(2, 64),
      /** Largest magnitude that a quantized convolution reads: what is beyond saturates. Without it none does; new networks have ACTIVATION_BOUND. */
      bound: z.exactOptional(number(1e-3, 1e3)),
    },
    { error: "an object" },
  )
  .check(oneForEachWidth("encoderBlocks"), oneForEachWidth("decoderBlocks"), halved("height"), halved("width"));

export type NetworkSpec = Immutable<z.infer<typeof SPEC>>;

/** Activations have unit magnitude, so a bound of 8 clips few values and gives seven bits a finer step. */
export const ACTIVATION_BOUND = 8;

/** Shapes of networks by name: s, m for small and medium, the width of the first level and, where they have not two levels, x3 (for images of 32 pixels) or x4 (for 64). */
export const NETWORKS = {
  s32: { widths: [32, 64], encoderBlocks: [1, 2], decoderBlocks: [2, 2] },
  m32: { widths: [32, 96], encoderBlocks: [1, 2], decoderBlocks: [2, 2] },
  m48: { widths: [48, 96], encoderBlocks: [1, 1], decoderBlocks: [2, 2] },
  s64: { widths: [64, 128], encoderBlocks: [1, 2], decoderBlocks: [2, 2] },
  s32x3: { widths: [32, 64, 128], encoderBlocks: [1, 2, 2], decoderBlocks: [2, 2, 2] },
  m32x3: { widths: [32, 96, 192], encoderBlocks: [1, 2, 2], decoderBlocks: [2, 2, 2] },
  m48x3: { widths: [48, 96, 192], encoderBlocks: [1, 2, 2], decoderBlocks: [2, 2, 2] },
  s64x3: { widths: [64, 128, 256], encoderBlocks: [1, 2, 2], decoderBlocks: [2, 2, 2] },
  s16x4: { widths: [16, 32, 64, 128], encoderBlocks: [1, 2, 2, 2], decoderBlocks: [2, 2, 2, 2] },
  s32x4: { widths: [32, 64, 96, 192], encoderBlocks: [1, 2, 2, 2], decoderBlocks: [2, 2, 2, 2] },
} as const satisfies Record<string, Pick<NetworkSpec, "widths" | "encoderBlocks" | "decoderBlocks">>;

export type NetworkName = keyof typeof NETWORKS;
