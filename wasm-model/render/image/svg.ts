/**
 * An image as an SVG file. A run of one colour in a row is one rectangle; all rectangles of one colour are one path.
 * It is sharp at any size in every program that draws SVG. (An embedded PNG would need `image-rendering`, which few
 * support.)
 */
import { cornerRadius } from "./corners.ts";
import type { Pixels } from "./png.ts";

export interface SvgText {
  /** What the image is, for those who cannot see it. */
  readonly title: string;
  /** The recipe (request/recipe.ts), if there is one. */
  readonly recipe?: string | undefined;
}

/** The images of a grid, or the one image. */
export interface SvgCells {
  /** Of each, in pixels. */
  readonly width: number;
  readonly height: number;
  /** Of their corners, in per cent of the shorter side. */
  readonly radius: number;
}

/**
 * `size`: the width and height at which it is shown, in CSS pixels; by default its own size. `cells`: where corners are
 * rounded. The same pixels, texts and shapes always give the same file.
 */
export function encodeSvg(
  image: Pixels,
  { title, recipe }: SvgText,
  size: { readonly width: number; readonly height: number } = image,
  cells?: SvgCells,
): string {
  const { pixels, width, height, channels } = image;
  const paths = new Map<string, string>();
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; ) {
      const fill = fillAt(pixels, (y * width + x) * channels, channels);
      let end = x + 1;
      while (end < width && fillAt(pixels, (y * width + end) * channels, channels) === fill) end++;
      if (fill !== NOTHING) paths.set(fill, `${paths.get(fill) ?? ""}M${x} ${y}h${end - x}v1h-${end - x}z`);
      x = end;
    }
  }
  const drawn = [...paths].map(([fill, path]) => `<path ${fill} d="${path}"/>`).join("");
  const box = `width="${size.width}" height="${size.height}" viewBox="0 0 ${width} ${height}"`;
  const texts = `<title>${xmlText(title)}</title>${recipe === undefined ? "" : `<metadata>${xmlText(asciiEscapes(recipe))}</metadata>`}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${box} role="img" shape-rendering="crispEdges">${texts}${cells ? clipped(drawn, image, cells) : drawn}</svg>\n`;
}

/**
 * What is drawn, within the round corners of each cell. A page may hold several such files: what has the same id there
 * is the same shape.
 */
function clipped(drawn: string, { width, height }: Pixels, cells: SvgCells): string {
  const id = ["corners", width, height, cells.width, cells.height, cells.radius].join("-");
  const shape = `width="${cells.width}" height="${cells.height}" rx="${cornerRadius(cells, cells.radius)}"`;
  let corners = "";
  for (let y = 0; y < height; y += cells.height) {
    for (let x = 0; x < width; x += cells.width) corners += `<rect x="${x}" y="${y}" ${shape}/>`;
  }
  return `<clipPath id="${id}" shape-rendering="auto">${corners}</clipPath><g clip-path="url(#${id})">${drawn}</g>`;
}

/** Marks a transparent pixel. */
const NOTHING = "";

/** The attributes of a pixel's colour. A grey pixel has its one value three times. */
function fillAt(pixels: Uint8Array, at: number, channels: number): string {
  const alpha = channels === 4 ? pixels[at + 3] : 255;
  if (alpha === 0) return NOTHING;
  let digits = "";
  for (let c = 0; c < 3; c++) digits += HEXADECIMAL[pixels[at + (channels === 1 ? 0 : c)]];
  return alpha === 255 ? `fill="#${digits}"` : `fill="#${digits}" fill-opacity="${(alpha / 255).toFixed(3)}"`;
}

const HEXADECIMAL = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/**
 * Text between tags. XML 1.0 does not allow most control characters and two noncharacters (section 2.2); they become
 * U+FFFD.
 */
const xmlText = (text: string): string =>
  text
    .replaceAll(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "\ufffd")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;");

/** Escapes those two noncharacters in JSON, which never contains raw control characters. */
const asciiEscapes = (json: string): string => json.replaceAll("\ufffe", "\\ufffe").replaceAll("\uffff", "\\uffff");

/** An image in words, for those who cannot see it: "Sample of Bag, seed 7". `label`: its class, if it has one. */
export const titleOf = (label: string | undefined, seed: string): string => `${label ? `Sample of ${label}` : "Sample"}, seed ${seed}`;
