/** `npm run lab -- <name>`: what draws the models' data and measures their images. */
import { runScript } from "../tools/programs.ts";

await runScript("lab", "Runs a program behind the models' data and figures.", {
  avatars: { summary: "draw the training images of the model avatars", run: () => import("./avatars.ts") },
  pixels: { summary: "draw the training images of the model pixels", run: () => import("./pixels.ts") },
  enlarged: { summary: "draw the picture that shows what the enlarger does", run: () => import("./enlarged.ts") },
  emoji: { summary: "draw some hundred emoji that the base never saw, to try training with", run: () => import("./emoji.ts") },
  sprites: { summary: 'draw the sprites of the page "Your pictures", and as a folder, to train on', run: () => import("./sprites.ts") },
  crawl: { summary: "cut monsters of Dungeon Crawl out of their sheet, pixel art to try training with", run: () => import("./crawl.ts") },
  dataset: { summary: "write a known data set as a folder of images", run: () => import("./dataset.ts") },
  evaluate: { summary: "measure a model by a classifier, too: its FID and class accuracy", run: () => import("./evaluate.ts") },
  sketches: { summary: "count the first sketches of which Create makes the kind that was asked for", run: () => import("./sketches.ts") },
  own: { summary: "compare a model of a folder of pictures with these pictures", run: () => import("./own.ts") },
});
