/**
 * `npm run verify`: draws the golden images of every model in Node 20, 22 and 24, workerd, Chromium, Firefox
 * and WebKit, and on emulated ARM64 processors, with each build of the engine, and compares the SHA-256; and kills training runs at random moments, which must end with the same bytes as one that
 * nobody killed. As many of these at a time as the machine has processors.
 */
import { availableParallelism } from "node:os";
import { Option } from "commander";
import { newCommand, numberIn, runCommandLine } from "../../training/cli/command-line.ts";
import { durationOf } from "../../training/cli/progress.ts";
import { UserError } from "../../training/cli/user-error.ts";
import { differences } from "../../training/verify/hashes.ts";
import { GOLDEN_NAMES, readGolden } from "../golden/golden.ts";
import { scratchFolder } from "../support/scratch.ts";
import { type Backend, killedAtRandom } from "./kills.ts";
import { PLACES, type Place } from "./places.ts";

const NAMES = PLACES.map(({ name }) => name);

function placesNamed(text: string): readonly Place[] {
  const places = PLACES.filter(({ name }) => name.startsWith(text));
  if (places.length > 0) return places;
  throw new UserError(`Expected how one of ${NAMES.join(", ")} begins for \`places\` but received "${text}"`);
}

await runCommandLine(async () => {
  const flags = newCommand("verify")
    .description("Checks that the golden images have the same bytes everywhere, and that killed training runs do.")
    .option("--places <name>", `where images are drawn: only the places whose names begin so, of ${NAMES.join(", ")}`, placesNamed)
    .option("--kills <n>", "how often runs of each backend are killed", numberIn("kills", 0, 1000), 20)
    .addOption(
      new Option("--backend <name>", "of training; native needs `npx anneal setup-native`")
        .choices(["native", "wasm", "both"])
        .default("both"),
    )
    .parse(process.argv)
    .opts<{ places?: readonly Place[]; kills: number; backend: Backend | "both" }>();
  const began = performance.now();
  const { places = PLACES } = flags;
  const backends = flags.kills === 0 ? [] : flags.backend === "both" ? (["native", "wasm"] as const) : [flags.backend];
  for (const { prepare } of places) await prepare?.();

  const checks = places.reduce((sum, { builds }) => sum + builds.length * GOLDEN_NAMES.length, backends.length);
  let [done, failures] = [0, 0];
  const report = (line: string, good: boolean): void => {
    console.log(`${good ? "ok" : "FAILED"}  ${++done}/${checks}  ${line}`);
    if (!good) failures++;
  };
  const trainings = backends.map((backend) => () => train(backend, flags.kills, report));
  const drawings = places.map((place) => () => draw(place, report));
  const queue = [...trainings, ...drawings].values();
  const lane = async (): Promise<void> => {
    for (const next of queue) await next();
  };
  await Promise.all(Array.from({ length: availableParallelism() }, lane));
  console.log(`${done - failures} of ${checks} checks as expected, in ${durationOf((performance.now() - began) / 1000)}`);
  if (failures > 0) process.exitCode = 1;
});

type Report = (line: string, good: boolean) => void;

/** Throws an Error where the place fails. */
async function draw(place: Place, report: Report): Promise<void> {
  await place.open(async (doing) => {
    for (const model of GOLDEN_NAMES) {
      const { images } = readGolden(model);
      for (const build of place.builds) {
        const different = differences(images, await doing({ model, build }));
        const all = Object.keys(images).length;
        const list = different.length > 0 ? `, not ${different.join(", ")}` : "";
        report(`${place.name}, ${build} SIMD, ${model}: ${all - different.length} of ${all} images as released${list}`, list === "");
      }
    }
  });
}

async function train(backend: Backend, times: number, report: Report): Promise<void> {
  const { kills, runs, difference } = await killedAtRandom(backend, scratchFolder("verify"), times);
  const result = difference ?? "the same bytes as a run that nobody killed";
  report(`train on ${backend}, killed ${kills} times in ${runs} runs: ${result}`, difference === undefined);
}
