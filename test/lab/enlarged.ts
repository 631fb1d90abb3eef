/** `npm run lab -- enlarged`: the picture of the enlarger's page and of the README: images as pixels, and enlarged. */
import { join } from "node:path";
import { newCommand, runCommandLine } from "../../training/cli/command-line.ts";
import { writeFileAtomically } from "../../training/cli/files.ts";
import { openModel } from "../../training/cli/model-files.ts";
import { sample } from "../../wasm-model/index.ts";
import { nativeShape } from "../../wasm-model/model/card.ts";
import { ENLARGED } from "../../wasm-model/network/finishers.ts";
import { grid } from "../../wasm-model/render/image/pixels.ts";
import { encodePng, type Pixels } from "../../wasm-model/render/image/png.ts";

const MODELS = join(import.meta.dirname, "../../wasm-model/models");
/** The first seeds that a person would try. */
const SEEDS = ["alice", "bob", "carol", "dave", "erin", "frank"];

await runCommandLine(async () => {
  newCommand("lab enlarged").description("Draws the same images as pixels and enlarged, one above the other.").parse(process.argv);
  const model = await openModel(join(MODELS, "avatars"));
  const size = ENLARGED * nativeShape(model.card).width;
  const images: Pixels[] = [];
  for (const enlarge of ["pixels", "smooth"] as const) for (const seed of SEEDS) images.push(await sample(model, { seed, size, enlarge }));
  const file = join(MODELS, "enlarger/enlarged.png");
  writeFileAtomically(file, encodePng(grid(images, SEEDS.length)));
  console.log(`wrote ${file}`);
});
