/** How images of any size become images of one size, and the flags for this. */
import { type Command, Option } from "commander";
import * as v from "valibot";
import { type ModelCard, nativeShape } from "../../wasm-model/model/card.ts";
import { parseColour } from "../../wasm-model/request/colours.ts";
import { choice, integer, openObject, text } from "../../wasm-model/schema/fields.ts";
import { UserError } from "../cli/user-error.ts";

/**
 * cover: scale until it fills the wanted size, and cut off the rest; contain: scale until it fits in, and pad; center:
 * cut out the middle without scaling, and pad where the image is smaller.
 */
export const CROPS = ["cover", "contain", "center"] as const;
export type Crop = (typeof CROPS)[number];

export interface ConversionSettings {
  /** In pixels. */
  readonly width: number;
  readonly height: number;
  readonly crop: Crop;
  /**
   * Colour behind transparent pixels and beside images that do not fill the image: six hexadecimal digits for red,
   * green and blue.
   */
  readonly background: string;
  /** The attribute whose two values are the classes, for `celeba`. */
  readonly classBy?: string | undefined;
}

export const SIZES = { least: 16, most: 64 } as const;

const side = integer(1, 65_535);

/** Schema of the settings in a run's configuration. */
export const CONVERSION = openObject(
  { width: side, height: side, crop: choice(CROPS), background: text(), classBy: v.optional(text()) },
  "settings of images",
);

/** White, as transparent images look on a page. */
export const DEFAULT_SETTINGS: ConversionSettings = { width: 32, height: 32, crop: "cover", background: "ffffff" };

/** The flags as commander returns them. */
export interface ConversionFlags {
  readonly size?: { readonly width: number; readonly height: number };
  readonly crop?: Crop;
  readonly background?: string;
  readonly classBy?: string;
}

/** Settings that were given; the others are undefined. */
export type GivenSettings = { readonly [Key in keyof ConversionSettings]?: ConversionSettings[Key] | undefined };

/** Adds the flags to a command that loads data. */
export function withConversionFlags(command: Command): Command {
  const { width, crop, background } = DEFAULT_SETTINGS;
  return command
    .option(
      "--size <n or WxH>",
      `images: width and height of the images, each from ${SIZES.least} to ${SIZES.most} pixels: 32, or 30x22 (default: ${width})`,
      parseSize,
    )
    .addOption(
      new Option(
        "--crop <way>",
        `images: how they get that size: scale and cut (cover), scale and pad (contain), or cut out the middle unscaled (center) (default: ${crop})`,
      ).choices(CROPS),
    )
    .option(
      "--background <colour>",
      `images: colour of padding and behind transparent pixels, three or six hexadecimal digits (default: ${background})`,
      parseBackground,
    )
    .option("--class-by <attribute>", "celeba: the attribute whose two values are the classes, e.g. Smiling (default: one class)");
}

export function givenSettings({ size, crop, background, classBy }: ConversionFlags): GivenSettings {
  return { width: size?.width, height: size?.height, crop, background, classBy };
}

export function resolveSettings(
  { width, height, crop, background, classBy }: GivenSettings,
  defaults: ConversionSettings = DEFAULT_SETTINGS,
): ConversionSettings {
  const attribute = classBy ?? defaults.classBy;
  return {
    width: width ?? defaults.width,
    height: height ?? defaults.height,
    crop: crop ?? defaults.crop,
    background: background ?? defaults.background,
    ...(attribute !== undefined && { classBy: attribute }),
  };
}

/** The settings that a model's card keeps: all but the size, which its images have anyway. */
export const cardSettings = ({ crop, background, classBy }: ConversionSettings): CardSettings => ({
  ...{ crop, background },
  ...(classBy !== undefined && { classBy }),
});

type CardSettings = NonNullable<ModelCard["training"]["pictures"]>;

/**
 * The settings in a model's card, with defaults for what cards of earlier versions lack. Throws a UserError for an
 * unknown crop.
 */
export function settingsOfCard(card: Pick<ModelCard, "spec" | "crop" | "training">): ConversionSettings {
  const { width, height } = nativeShape(card);
  const { crop: name, background, classBy } = card.training.pictures ?? cardSettings(DEFAULT_SETTINGS);
  const crop = CROPS.find((one) => one === name);
  if (crop === undefined)
    throw new UserError(`Expected one of ${CROPS.join(", ")} for \`crop\` of the model's card but received "${name}"`);
  return { width, height, crop, background, ...(classBy !== undefined && { classBy }) };
}

/** The command line words for these settings. */
export function wordsOfSettings({ width, height, crop, background, classBy }: ConversionSettings): string[] {
  const words = ["--size", `${width}x${height}`, "--crop", crop, "--background", background];
  return classBy === undefined ? words : [...words, "--class-by", classBy];
}

export const givenNames = ({ width, crop, background, classBy }: GivenSettings): string[] =>
  Object.entries({ size: width, crop, background, "class-by": classBy }).flatMap(([name, value]) => (value === undefined ? [] : [name]));

/** Throws a UserError when settings are given for data whose images have a fixed size. */
export function expectNoSettings(given: GivenSettings, kind: string): void {
  const names = givenNames(given).map((name) => `\`${name}\``);
  if (names.length > 0)
    throw new UserError(`Expected no ${names.join(", ")} for ${kind}, whose images already have one size, but received it`);
}

function parseSize(text: string): { width: number; height: number } {
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
