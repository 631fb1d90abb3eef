/** `npm run tool -- <name>`: what contributors run now and then. */
import { runScript } from "./programs.ts";

await runScript("tool", "Runs one of the tools for contributors.", {
  screenshots: { summary: "take screenshots of every page of the site", run: () => import("./screenshots.ts") },
  documents: {
    summary: "write the tables of the documents that are made from options, records and figures",
    run: () => import("./documents.ts").then(({ runDocuments }) => runDocuments()),
  },
  pictures: {
    summary: "draw the pictures that pages have before any script, and the README's wall",
    run: () => import("./pictures.ts").then(({ writePictures }) => writePictures()),
  },
  "cut-outs": {
    summary: "draw README's picture of images for any ground, and the sprites of the home page",
    run: () => import("./cut-outs.ts"),
  },
});
