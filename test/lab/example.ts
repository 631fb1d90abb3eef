/**
 * `npm run lab -- example`: the pictures that the page "Your pictures" offers to try with. They are drawings of react-kawaii
 * (MIT licence, whose text is in the file) in many colours and moods. Neither the base nor any model has seen them.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { createElement, FunctionComponent } from "react";
import type { renderToStaticMarkup } from "react-dom/server";
import sharp from "sharp";
import { newCommand, runCommandLine } from "../../training/cli/command-line.ts";
import { writeFileAtomically } from "../../training/cli/files.ts";
import { readChunks, writeChunks } from "../../wasm-model/render/image/chunks.ts";
import { encodePng } from "../../wasm-model/render/image/png.ts";
import { EXAMPLES } from "../../worker/pages/yours/examples.ts";
import { SIDE } from "../../worker/pages/yours/protocol.ts";
import { installLab, labPath } from "./base-packs.ts";

const { columns: COLUMNS, ofEach: OF_EACH } = EXAMPLES.drawings;
/** The drawing of react-kawaii that each class is of. */
const CLASSES = ["Ghost", "IceCream", "Mug"];
/** Pixels around a drawing. */
const EDGE = 2;
const MOODS = ["blissful", "excited", "happy", "shocked", "lovestruck"];
/** Degrees between two hues: they never come back to where they were. */
const GOLDEN_ANGLE = 137.5;
const LIGHTNESS = ["65%", "55%", "72%"];

interface Kawaii {
  readonly createElement: typeof createElement;
  readonly renderToStaticMarkup: typeof renderToStaticMarkup;
  readonly components: Readonly<Record<string, FunctionComponent<Record<string, string | number>>>>;
}

/** The drawing in the middle of a square on white: bytes [SIDE, SIDE, 3]. */
async function square({ createElement, renderToStaticMarkup, components }: Kawaii, name: string, i: number): Promise<Buffer> {
  const color = `hsl(${Math.round((20 + i * GOLDEN_ANGLE) % 360)}, 75%, ${LIGHTNESS[i % LIGHTNESS.length]})`;
  const markup = renderToStaticMarkup(createElement(components[name], { mood: MOODS[i % MOODS.length], color, size: 480 }));
  const svg = markup.slice(markup.indexOf("<svg")).replace("<svg", '<svg xmlns:xlink="http://www.w3.org/1999/xlink"');
  const drawing = await sharp(Buffer.from(svg.slice(0, svg.lastIndexOf("</svg>") + "</svg>".length)))
    .trim()
    .toBuffer();
  const inside = SIDE - 2 * EDGE;
  const small = await sharp(drawing).resize(inside, inside, { fit: "inside" }).png().toBuffer();
  const ground = { width: SIDE, height: SIDE, channels: 3 as const, background: "white" };
  return sharp({ create: ground })
    .composite([{ input: small }])
    .removeAlpha()
    .raw()
    .toBuffer();
}

await runCommandLine(async () => {
  newCommand("lab example").description('Draws the example of the page "Your pictures".').parse(process.argv);
  installLab();
  const { createElement } = await import(labPath("react/index.js"));
  const { renderToStaticMarkup } = await import(labPath("react-dom/server.node.js"));
  const kawaii: Kawaii = { createElement, renderToStaticMarkup, components: await import(labPath("react-kawaii/dist/index.js")) };
  const names = CLASSES.flatMap((name) => Array.from({ length: OF_EACH }, (_, i) => [name, i] as const));
  const [width, height] = [SIDE * COLUMNS, SIDE * Math.ceil(names.length / COLUMNS)];
  const pixels = new Uint8Array(width * height * 3);
  for (const [k, [name, i]] of names.entries()) {
    const own = await square(kawaii, name, i);
    const corner = (SIDE * Math.floor(k / COLUMNS) * width + SIDE * (k % COLUMNS)) * 3;
    for (let y = 0; y < SIDE; y++) pixels.set(own.subarray(y * SIDE * 3, (y + 1) * SIDE * 3), corner + y * width * 3);
  }
  const [header, ...rest] = readChunks(encodePng({ width, height, channels: 3, pixels }));
  const licence = Buffer.from(`Copyright\0${readFileSync(labPath("react-kawaii/LICENSE.md"), "latin1")}`, "latin1");
  const out = fileURLToPath(new URL("../../worker/pages/yours/example.png", import.meta.url));
  writeFileAtomically(out, writeChunks([header, { type: "tEXt", data: licence }, ...rest]));
  console.log(`wrote ${out}`);
});
