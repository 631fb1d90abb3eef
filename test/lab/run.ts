/** `npm run lab -- <name>`: how the base was made, and how a start from weights is measured. */
import { runScript } from "../tools/programs.ts";

await runScript("lab", "Runs one of the experiments behind the models.", {
  "base-data": {
    summary: "draw the training images of the base, which every model of one's own starts from",
    run: () => import("./base-data.ts"),
  },
  "base-file": { summary: "write the weights of a run as the file that other runs start from", run: () => import("./base-file.ts") },
  "base-curve": {
    summary: "train from weights on pictures that they never saw, and show the held-out losses",
    run: () => import("./base-curve.ts"),
  },
});
