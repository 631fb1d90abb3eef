/** How images of any size become images of one size, and the flags for this. */
import { type Command, Option } from "commander";
import * as v from "valibot";
import { type ModelCard, nativeShape } from "../../wasm-model/model/card.ts";
import type { Size } from "../../wasm-model/network/spec.ts";
import { parseColour } from "../../wasm-model/request/colours.ts";
import { choice, integer, openObject, text } from "../../wasm-model/schema/fields.ts";
import { numberIn } from "../cli/command-line.ts";
import { UserError } from "../cli/user-error.ts";
import { WHITE } from "./cut-outs.ts";
import { FEWEST_COLOURS, MOST_COLOURS } from "./pixel-art.ts";
import { CROPS, type CropWay } from "./sizes.ts";

export interface ConversionSettings extends Size {
  readonly crop: CropWay;
  /** Colour behind transparent pixels and of padding: six hexadecimal digits. */
  readonly background: string;
  /** Whether models of the pictures cut out, since most of these have transparent pixels. */
  readonly transparent: boolean;
  /** Whether they are learned as pixel art, at the size and in the colours that they were drawn in. */
  readonly pixelArt: boolean;
  /** The most colours of pixel art; by default 64. */
  readonly colours?: number | undefined;
}

export const SIZES = { least: 8, most: 64 } as const;

export const SIDE = integer(1, 65_535);

/** Schema of the settings in a run's configuration. */
export const CONVERSION = openObject(
  {
    ...{ width: SIDE, height: SIDE, crop: choice(CROPS), background: text() },
    transparent: v.optional(v.boolean("true or false"), false),
    pixelArt: v.optional(v.boolean("true or false"), false),
    colours: v.optional(integer(FEWEST_COLOURS, MOST_COLOURS)),
  },
  "settings of images",
);

export const DEFAULT_SIZE: Size = { width: 32, height: 32 };

/** The flags as commander returns them. */
export interface ConversionFlags {
  readonly size?: Size;
  readonly crop?: CropWay;
  readonly background?: string;
  readonly colours?: number | "all";
}

/** Adds the flags to a command that loads data. */
export function withConversionFlags(command: Command): Command {
  return command
    .option(
      "--size <n or WxH>",
      `images: width and height of the images, each from ${SIZES.least} to ${SIZES.most} pixels: 32, or 30x22 (default: ${DEFAULT_SIZE.width}, or that of pixel art)`,
      parseSize,
    )
    .addOption(
      new Option(
        "--crop <way>",
        `images: how they get that size: scale and cut (cover), scale and pad (contain), or cut out the middle unscaled (center) (default: cover, of transparent pictures contain)`,
      ).choices(CROPS),
    )
    .option(
      "--background <colour>",
      `images: colour of padding and behind transparent pixels, three or six hexadecimal digits: what is drawn is opaque then (default: transparent pictures stay so, others have white)`,
      parseBackground,
    )
    .option(
      "--colours <n>",
      `images: learns and draws them as pixel art in one palette of at most so many colours, from ${FEWEST_COLOURS} to ${MOST_COLOURS}, or with all colours they have (all) (default: ${MOST_COLOURS} if they are pixel art, else all)`,
      numberIn("colours", FEWEST_COLOURS, MOST_COLOURS, "whole", "all"),
    );
}

/** A background makes pictures opaque. */
export const givenSettings = ({ size, crop, background, colours }: ConversionFlags): Partial<ConversionSettings> => ({
  ...size,
  ...(crop !== undefined && { crop }),
  ...(background !== undefined && { background, transparent: false }),
  ...(colours !== undefined && { pixelArt: colours !== "all", ...(colours !== "all" && { colours }) }),
});

/** What the card says of its pictures. Throws a UserError for an unknown crop. */
export function settingsOfCard(card: Pick<ModelCard, "spec" | "crop" | "palette" | "cutOut" | "training">): Partial<ConversionSettings> {
  const { crop: name, background } = card.training.pictures ?? { crop: CROPS[0], background: WHITE };
  const crop = CROPS.find((one) => one === name);
  if (crop === undefined)
    throw new UserError(`Expected one of ${CROPS.join(", ")} for \`crop\` of the model's card but received "${name}"`);
  const { width, height } = nativeShape(card);
  const { palette, cutOut } = card;
  return {
    width,
    height,
    crop,
    background,
    pixelArt: palette !== undefined,
    transparent: cutOut === true,
    ...(palette && { colours: palette.length }),
  };
}

function parseSize(text: string): Size {
  const [, first, second = first] = /^(\d+)(?:x(\d+))?$/.exec(text) ?? [];
  const [width, height] = [Number(first), Number(second)];
  if (![width, height].every((side) => side >= SIZES.least && side <= SIZES.most)) {
    throw new UserError(
      `Expected a number from ${SIZES.least} to ${SIZES.most}, or a width and a height like 30x22, for \`size\` but received "${text}"`,
    );
  }
  return { width, height };
}

function parseBackground(text: string): string {
  const colour = parseColour(text);
  if (colour === undefined)
    throw new UserError(`Expected a colour of three or six hexadecimal digits for \`background\` but received "${text}"`);
  return Buffer.from(colour).toString("hex");
}
