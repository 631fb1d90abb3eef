/** `npm run lab -- <name>`: what made the shipped models, their base and their figures. */
import { runScript } from "../tools/programs.ts";

await runScript("lab", "Runs one of the experiments behind the models.", {
  avatars: { summary: "draw the training images of the model avatars", run: () => import("./avatars.ts") },
  pixels: { summary: "draw the training images of the model pixels", run: () => import("./pixels.ts") },
  "base-data": { summary: "draw the training images of the base", run: () => import("./base-data.ts") },
  "base-file": { summary: "write the weights of a run as the file that other runs start from", run: () => import("./base-file.ts") },
  enlarger: { summary: "train the network that makes images four times as wide", run: () => import("./enlarger.ts") },
  matte: { summary: "train the network from which a run learns to cut out", run: () => import("./matte.ts") },
  enlarged: { summary: "draw the picture that shows what the enlarger does", run: () => import("./enlarged.ts") },
  emoji: { summary: "draw some hundred emoji that the base never saw, to try training with", run: () => import("./emoji.ts") },
  sprites: { summary: 'draw the sprites of the page "Your pictures", and as a folder, to train on', run: () => import("./sprites.ts") },
  crawl: { summary: "cut monsters of Dungeon Crawl out of their sheet, pixel art to try training with", run: () => import("./crawl.ts") },
  dataset: { summary: "write a known data set as a folder of images", run: () => import("./dataset.ts") },
  evaluate: { summary: "measure a model by a classifier, too: its FID and class accuracy", run: () => import("./evaluate.ts") },
  sketches: { summary: "count the first sketches of which Create makes the kind that was asked for", run: () => import("./sketches.ts") },
  own: { summary: "compare a model of a folder of pictures with these pictures", run: () => import("./own.ts") },
});
