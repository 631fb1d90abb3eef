/**
 * `npm run tool -- faces`: a folder of small colour images to try training with: faces in five classes, drawn by
 * DiceBear's style Pixel Art (its design is in the public domain, CC0 1.0; its code has the MIT licence). The same
 * images everywhere: each is made from a seed.
 */
import { join } from "node:path";
import { createAvatar } from "@dicebear/core";
import * as pixelArt from "@dicebear/pixel-art";
import { newCommand, numberIn, runCommandLine } from "../../training/cli/command-line.ts";
import { drawInto, makeEmptyFolder } from "./image-folder.ts";

/** Width and height of the style's own grid. */
const SIZE = 16;

const HAIR = pixelArt.schema.properties?.hair as { readonly items: { readonly enum: readonly string[] } };
type Hair = NonNullable<pixelArt.Options["hair"]>;
const hairOf = (length: "long" | "short"): Hair => HAIR.items.enum.filter((name) => name.startsWith(length)) as Hair;

const BARE = { beardProbability: 0, glassesProbability: 0, hatProbability: 0, accessoriesProbability: 0 } as const;

/** Options of the style that make each class what it is called. */
const CLASSES = {
  beard: { ...BARE, hair: hairOf("short"), beardProbability: 100 },
  glasses: { ...BARE, hair: hairOf("short"), glassesProbability: 100 },
  hat: { ...BARE, hatProbability: 100 },
  "long-hair": { ...BARE, hair: hairOf("long") },
  "short-hair": { ...BARE, hair: hairOf("short") },
} satisfies Record<string, pixelArt.Options>;

const BACKGROUNDS = ["b6e3f4", "c0aede", "d1d4f9", "ffd5dc", "ffdfbf"];

interface Flags {
  readonly out: string;
  readonly count: number;
}

function commandLine(argv: readonly string[]): Flags {
  return newCommand("tool faces")
    .description(`Draws faces of ${SIZE}x${SIZE} pixels in five classes, as a folder of PNG files: data to try training with.`)
    .requiredOption("--out <folder>", "where they go: a new or empty folder")
    .option("--count <n>", "images of each class", numberIn("count", 1, 100_000), 800)
    .parse(argv)
    .opts<Flags>();
}

await runCommandLine(async () => {
  const { out, count } = commandLine(process.argv);
  makeEmptyFolder(out);
  const names = Object.keys(CLASSES) as (keyof typeof CLASSES)[];
  const faces = names.flatMap((name) =>
    Array.from({ length: count }, (_, i) => ({
      path: join(name, `${String(i).padStart(5, "0")}.png`),
      svg: createAvatar(pixelArt, { ...CLASSES[name], seed: `${name}/${i}`, backgroundColor: BACKGROUNDS, size: SIZE }).toString(),
    })),
  );
  await drawInto(out, faces, SIZE);
  console.log(`wrote ${faces.length} images of ${SIZE}x${SIZE} pixels to ${out}: ${names.join(", ")} (CC0 1.0, DiceBear "Pixel Art")`);
});
