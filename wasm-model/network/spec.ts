/** The shape of a score network, as a model's card has it. */
import * as z from "zod/mini";
import { type Immutable, integer, number } from "../schema/fields.ts";

const pair = (min: number, max: number) => {
  const error = `two integers from ${min} to ${max}`;
  return z.tuple([integer(min, max), integer(min, max)], { error });
};

const multipleOf4 = () => {
  const error = "a multiple of 4 from 4 to 1024";
  return z.int({ error }).check(z.gte(4, { error }), z.lte(1024, { error }), z.multipleOf(4, { error }));
};

/** The bounds keep damaged files from asking for absurd amounts of memory; they are far above any network that makes sense here. */
export const SPEC = z.strictObject(
  {
    /** Image size in pixels. */
    height: multipleOf4(),
    width: multipleOf4(),
    /** Image channels C: grey or RGB. */
    channels: z.union([z.literal(1), z.literal(3)], { error: "1 or 3" }),
    /** Number of classes K. */
    classes: integer(1, 10_000),
    /** Standard deviation of the training data, in units of the data range [-1, 1]. */
    sigmaData: number(1e-3, 1e3),
    /** Feature channels at half and at quarter resolution. */
    widths: pair(1, 4096),
    /** Encoder blocks at half and at quarter resolution. */
    encoderBlocks: pair(1, 64),
    /** Decoder blocks at half and at quarter resolution: from the second on they have the skip from the encoder. */
    decoderBlocks: pair(2, 64),
    /** Largest magnitude that a quantized convolution reads: what is beyond saturates. Without it none does; new networks have ACTIVATION_BOUND. */
    bound: z.exactOptional(number(1e-3, 1e3)),
  },
  { error: "an object" },
);

export type NetworkSpec = Immutable<z.infer<typeof SPEC>>;

/** Maps have unit magnitude, so few values are cut off, and seven bits resolve those that are left the better. */
export const ACTIVATION_BOUND = 8;

export const PRESETS = {
  s32: { widths: [32, 64], encoderBlocks: [1, 2], decoderBlocks: [2, 2] },
  m32: { widths: [32, 96], encoderBlocks: [1, 2], decoderBlocks: [2, 2] },
  m48: { widths: [48, 96], encoderBlocks: [1, 1], decoderBlocks: [2, 2] },
  s64: { widths: [64, 128], encoderBlocks: [1, 2], decoderBlocks: [2, 2] },
} as const satisfies Record<string, Pick<NetworkSpec, "widths" | "encoderBlocks" | "decoderBlocks">>;

export type Preset = keyof typeof PRESETS;
