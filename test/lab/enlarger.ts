/** `npm run lab -- enlarger`: trains the library's enlarger, from which a run's own one starts, on a part of the base's pictures. */
import sharp from "sharp";
import { runCommandLine } from "../../training/cli/command-line.ts";
import type { LargePicture } from "../../training/data/sizes.ts";
import { ENLARGER } from "../../training/finishing/enlarger.ts";
import { ENLARGED } from "../../wasm-model/network/finishers.ts";
import { joined } from "../../wasm-model/schema/bytes.ts";
import { drawnPictures, filesOf } from "./base-pictures.ts";
import { drawEach } from "./draw.ts";
import { SIDE, trainFinisher } from "./finisher.ts";

/** Pixels of a large picture, each way. */
const LARGE = ENLARGED * SIDE;
/** One in so many of the base's pictures, which are four framings of each icon. */
const EVERY = 9;
const SETTINGS = { batch: 16, denoised: 5, steps: 4000, learningRate: 0.02, decayShare: 0.7, edges: 1 };

async function material() {
  const files = (await drawnPictures())
    .flatMap((picture) => filesOf(picture, LARGE))
    .filter(({ path }, i) => i % EVERY === 0 && path.startsWith("train/"));
  const pictures: LargePicture[] = [];
  await drawEach(files, async ({ svg }, i) => {
    const drawing = sharp(Buffer.from(svg())).resize(LARGE, LARGE).flatten({ background: "white" }).toColourspace("srgb").ensureAlpha();
    const large = await drawing.raw().toBuffer();
    const small = await sharp(large, { raw: { width: LARGE, height: LARGE, channels: 4 } })
      .resize(SIDE, SIDE)
      .raw()
      .toBuffer();
    pictures[i] = { small, large };
  });
  const images = joined(pictures.map(({ small }) => small.filter((_, i) => i % 4 < 3)));
  return { pictures: { pictures, background: "ffffff", isCutOut: false }, images };
}

await runCommandLine(() => trainFinisher("enlarger", ENLARGER, SETTINGS, material));
