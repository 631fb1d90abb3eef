/**
 * `npm run lab -- base-curve`: how far weights help to learn pictures that they never saw. Trains from them on a few
 * hundred OpenMoji, and on photographs if there are any, for 0 to 10 000 images, and prints the held-out losses.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { newCommand, runCommandLine } from "../../training/cli/command-line.ts";
import { makeFolder } from "../../training/cli/files.ts";
import { HELD_OUT_SIGMAS } from "../../training/network/held-out.ts";
import { readFinishedRun } from "../../training/run/folder.ts";
import { drawOpenMoji } from "./openmoji.ts";

const IMAGES = [0, 1000, 3000, 10_000];
const PHOTOGRAPHS = 300;

/** The first few hundred pictures of a folder. */
async function takeSome(from: string, out: string): Promise<void> {
  makeFolder(out);
  for (const name of (await readdir(from)).sort().slice(0, PHOTOGRAPHS)) await cp(join(from, name), join(out, name));
}

/** Held-out losses after a run of so many images, at each noise level. */
function lossesAfter(images: number, data: string, start: string, out: string): number[] {
  const numbers = [
    "--images",
    `${Math.max(1, images)}`,
    "--batch",
    images === 0 ? "1" : "32",
    "--learning-rate",
    images === 0 ? "0.000001" : "0.02",
  ];
  const recipe = ["--network", "s32x3", "--log-sigma-mean", "-0.4", "--log-sigma-std", "1.4", "--augment", "0.15", "--guidance", "1"];
  const from = start === "none" ? [] : ["--from", start];
  const program = join(import.meta.dirname, "../../training/bin.js");
  const args = [program, "train", "--data", data, "--out", out, ...numbers, ...recipe, ...from];
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`Expected a run on \`${data}\` to end but received: ${stderr}`);
  const report = readFinishedRun(out).log.findLast((entry) => "heldOut" in entry);
  return (report?.heldOut ?? []).map(({ loss }) => loss);
}

interface Flags {
  readonly start: string[];
  readonly photographs?: string;
  readonly out: string;
}

await runCommandLine(async () => {
  const { start, photographs, out } = newCommand("lab base-curve")
    .description("Trains from given weights on pictures that they never saw and prints the held-out losses as a table.")
    .requiredOption("--start <files...>", "models to start from, and `none`")
    .option("--photographs <folder>", "a folder of photographs of one kind")
    .requiredOption("--out <folder>", "where pictures and runs go; runs that are there are not made again")
    .parse(process.argv)
    .opts<Flags>();
  const folders = [join(out, "openmoji"), ...(photographs === undefined ? [] : [join(out, "photographs")])];
  if (!existsSync(folders[0])) await drawOpenMoji(folders[0], 100, 32);
  if (photographs !== undefined && !existsSync(folders[1])) await takeSome(photographs, folders[1]);
  console.log(`| pictures | start | images | loss at sigma ${HELD_OUT_SIGMAS.join(" | ")} |`);
  console.log(
    `| ${Array(3 + HELD_OUT_SIGMAS.length)
      .fill("---")
      .join(" | ")} |`,
  );
  for (const folder of folders) {
    for (const [k, from] of start.entries()) {
      for (const images of IMAGES) {
        const losses = lossesAfter(images, folder, from, join(out, `${basename(folder)}-${k}-${images}`));
        console.log(`| ${basename(folder)} | ${from} | ${images} | ${losses.map((loss) => loss.toFixed(3)).join(" | ")} |`);
      }
    }
  }
});
