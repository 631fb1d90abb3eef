/**
 * `npm run verify`: draws every released image of every shipped model in Node 20, 22 and 24, workerd, Chromium, Firefox
 * and WebKit, and some of them on emulated ARM64 processors, with each build of the engine, one by one and in batches,
 * and compares the SHA-256; and kills training runs at random moments, which must end with the same bytes as one that
 * nobody killed. As many of these at a time as the machine has processors.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { newCommand, numberIn, oneOf, runCommandLine } from "../../training/cli/command-line.ts";
import { durationOf } from "../../training/cli/progress.ts";
import { UserError } from "../../training/cli/user-error.ts";
import { SAMPLERS } from "../../wasm-model/sampling/settings.ts";
import { type Backend, killedAtRandom } from "./kills.ts";
import { PLACES, type Place } from "./places.ts";
import { type ShippedModel, shippedModels } from "./release.ts";

/** Images that are drawn at a time. One image alone makes no batch. */
const BATCHES = [1, 16];
/** The images that are named of those that differ. */
const NAMED = 3;
const NAMES = PLACES.map(({ name }) => name);

function placesNamed(text: string): readonly Place[] {
  const places = PLACES.filter(({ name }) => name.startsWith(text));
  if (places.length > 0) return places;
  throw new UserError(`Expected how one of ${NAMES.join(", ")} begins for \`places\` but received "${text}"`);
}

await runCommandLine(async () => {
  const flags = newCommand("verify")
    .description("Checks that the released images have the same bytes everywhere, and that killed training runs do.")
    .option("--images <n>", "the first n images of each sampler only", numberIn("images", 0, 1000), 1000)
    .option("--places <name>", `where images are drawn: only the places whose names begin so, of ${NAMES.join(", ")}`, placesNamed)
    .option("--kills <n>", "how often runs of each backend are killed", numberIn("kills", 0, 1000), 20)
    .option(
      "--backend <name>",
      "of training: native, which needs `npx anneal setup-native`, wasm or both",
      oneOf("backend", ["native", "wasm", "both"]),
      "both",
    )
    .parse(process.argv)
    .opts<{ images: number; places?: readonly Place[]; kills: number; backend: Backend | "both" }>();
  const began = performance.now();
  const models = await shippedModels();
  const places = flags.images > 0 ? (flags.places ?? PLACES) : [];
  const batches = BATCHES.filter((batch) => batch === 1 || flags.images > 1);
  const backends = flags.kills === 0 ? [] : flags.backend === "both" ? (["native", "wasm"] as const) : [flags.backend];
  for (const { prepare } of places) await prepare?.();

  const checks = places.reduce((sum, { builds }) => sum + builds.length * batches.length * models.length, backends.length);
  let [done, failures] = [0, 0];
  const report = (line: string, good: boolean): void => {
    console.log(`${good ? "ok" : "FAILED"}  ${++done}/${checks}  ${line}`);
    if (!good) failures++;
  };
  const trainings = backends.map((backend) => () => train(backend, flags.kills, report));
  const drawings = places.map((place) => () => draw(place, models, batches, flags.images, report));
  const queue = [...trainings, ...drawings].values();
  const lane = async (): Promise<void> => {
    for (const next of queue) await next();
  };
  await Promise.all(Array.from({ length: availableParallelism() }, lane));
  console.log(`${done - failures} of ${checks} checks as expected, in ${durationOf((performance.now() - began) / 1000)}`);
  if (failures > 0) process.exitCode = 1;
});

type Report = (line: string, good: boolean) => void;

/**
 * Draws the first `most` released images of each sampler. Throws an Error where a model has no released hashes or the
 * place fails.
 */
async function draw(
  place: Place,
  models: readonly ShippedModel[],
  batches: readonly number[],
  most: number,
  report: Report,
): Promise<void> {
  await place.open(async (doing) => {
    for (const { name: model, released } of models) {
      if (!released) throw new Error(`Expected sha256.json of ${model} but there is none: npm run golden makes it`);
      for (const build of place.builds) {
        for (const batch of batches) {
          let images = 0;
          const different: string[] = [];
          for (const sampler of SAMPLERS) {
            const expected = released.images[sampler].slice(0, Math.min(most, place.most ?? most));
            const hashes = await doing({ model, build, sampler, count: expected.length, batch });
            images += expected.length;
            different.push(...expected.flatMap((hash, seed) => (hash === hashes[seed] ? [] : [`${sampler} ${seed}`])));
          }
          const list =
            different.length > 0 ? `, not ${different.slice(0, NAMED).join(", ")}${different.length > NAMED ? ", ..." : ""}` : "";
          const share = `${images - different.length} of ${images} images as released${list}`;
          report(`${place.name}, ${build} SIMD, ${batch} at a time, ${model}: ${share}`, different.length === 0);
        }
      }
    }
  });
}

async function train(backend: Backend, times: number, report: Report): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "anneal-verify-"));
  try {
    const { kills, runs, difference } = await killedAtRandom(backend, folder, times);
    const result = difference ?? "the same bytes as a run that nobody killed";
    report(`train on ${backend}, killed ${kills} times in ${runs} runs: ${result}`, difference === undefined);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
