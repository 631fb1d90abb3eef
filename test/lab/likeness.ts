/** `npm run lab -- likeness`: how unlike the images of folders are, from which `train` makes its forecast. */
import { newCommand, runCommandLine } from "../../training/cli/command-line.ts";
import { loadDataset } from "../../training/data/load.ts";
import { unlikeness } from "../../training/measure/likeness.ts";

await runCommandLine(async () => {
  const folders = newCommand("lab likeness")
    .description("Measures how unlike the images of folders are: their distance to the nearest other one, blurred, over their deviation.")
    .argument("<folder...>", "folders of images")
    .parse(process.argv).args;
  for (const folder of folders) console.log(`${folder}: ${unlikeness(await loadDataset(folder)).toFixed(2)}`);
});
