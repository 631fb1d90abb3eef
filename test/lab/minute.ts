/** `npm run lab -- minute`: what a run draws after its first report, after a third of them and at its end, side by side. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { newCommand, runCommandLine } from "../../training/cli/command-line.ts";
import { writeFileAtomically } from "../../training/cli/files.ts";

const SCALE = 2;
const GAP = 16;

await runCommandLine(async () => {
  const command = newCommand("lab minute")
    .description("Puts three of a run's sample sheets side by side: the first one, one after a third of the run, the last one.")
    .argument("<run>", "the run's folder")
    .requiredOption("--out <file.png>", "the picture")
    .parse(process.argv);
  const samples = join(command.args[0], "samples");
  const files = readdirSync(samples).sort();
  const chosen = [files[0], files[Math.floor(files.length / 3)], files[files.length - 1]];
  const sheets = await Promise.all(
    chosen.map(async (file) => {
      const { width } = await sharp(join(samples, file)).metadata();
      return sharp(join(samples, file))
        .resize({ width: SCALE * width, kernel: "nearest" })
        .png()
        .toBuffer({ resolveWithObject: true });
    }),
  );
  const { width, height } = sheets[0].info;
  const picture = sharp({ create: { width: 3 * width + 2 * GAP, height, channels: 3, background: "white" } })
    .composite(sheets.map(({ data }, i) => ({ input: data, left: i * (width + GAP), top: 0 })))
    .png({ palette: true });
  const { out } = command.opts<{ readonly out: string }>();
  writeFileAtomically(out, await picture.toBuffer());
  console.log(`wrote ${out}: steps ${chosen.map((file) => Number.parseInt(file, 10)).join(", ")}`);
});
