/**
 * `npm run verify`: draws every released image of every shipped model in Node 20, 22 and 24, workerd, Chromium and Firefox, with each build of the engine, one by
 * one and in batches, and compares the SHA-256; then kills training runs at random moments, which must end with the same bytes as one that nobody killed.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newCommand, numberIn, oneOf, runCommandLine } from "../../training/commands/command-line.ts";
import { SAMPLERS } from "../../wasm-model/sampling/settings.ts";
import { prepareChromium, prepareFirefox } from "../setup/browsers.ts";
import type { Task } from "./draw.ts";
import { killedAtRandom } from "./kills.ts";
import { PLACES } from "./places.ts";
import { shippedModels } from "./release.ts";

/** Images that are drawn at a time. */
const BATCHES = [1, 16];

/** That each backend trains on, for about a minute. */
const IMAGES = { native: 64_000, wasm: 32_000 };

await runCommandLine(async () => {
  const flags = newCommand("verify")
    .description("Checks that the released images have the same bytes everywhere, and that killed training runs do.")
    .option("--images <n>", "the first n images of each sampler only", numberIn("images", 1, 1000), 1000)
    .option("--kills <n>", "how often a run of each backend is killed", numberIn("kills", 0, 1000), 20)
    .option(
      "--backend <name>",
      "of training: native, which needs `npm run setup:native`, wasm or both",
      oneOf("backend", ["native", "wasm", "both"]),
      "both",
    )
    .parse(process.argv)
    .opts<{ images: number; kills: number; backend: "native" | "wasm" | "both" }>();
  await prepareChromium();
  prepareFirefox();
  const models = await shippedModels();
  let failures = 0;
  const report = (line: string, good: boolean): void => {
    console.log(`${good ? "ok" : "FAILED"}  ${line}`);
    if (!good) failures++;
  };
  for (const place of PLACES) {
    await place.open(async (doing) => {
      for (const { name, released } of models) {
        if (!released) throw new Error(`Expected sha256.json of ${name} but there is none: npm run golden makes it`);
        const counts = Object.fromEntries(
          SAMPLERS.map((sampler) => [sampler, Math.min(flags.images, released.images[sampler].length)]),
        ) as Task["counts"];
        for (const build of place.builds) {
          for (const batch of BATCHES) {
            const images = await doing({ model: name, build, batch, counts });
            const hashes = SAMPLERS.flatMap((sampler) => images[sampler].map((hash, seed) => hash === released.images[sampler][seed]));
            const right = hashes.filter(Boolean).length;
            report(
              `${place.name}, ${build} SIMD, ${batch} at a time, ${name}: ${right} of ${hashes.length} images as released`,
              right === hashes.length,
            );
          }
        }
      }
    });
  }
  if (flags.kills > 0) {
    for (const backend of flags.backend === "both" ? (["native", "wasm"] as const) : [flags.backend]) {
      const folder = mkdtempSync(join(tmpdir(), "anneal-verify-"));
      try {
        const { kills, difference } = await killedAtRandom(backend, folder, flags.kills, IMAGES[backend]);
        report(
          `training on ${backend}, killed ${kills} times: ${difference ?? "the same bytes as a run that nobody killed"}`,
          difference === undefined,
        );
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    }
  }
  if (failures > 0) process.exitCode = 1;
});
