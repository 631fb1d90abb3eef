/**
 * `npm run bench -- data [images]`: peak memory of loading 200 000 made-up images, decoded to 64 x 64 x 3 (2.4 GB),
 * and of drawing training batches from them: in a process that decodes them and in one that finds them decoded. Takes 6
 * GB in the folder of temporary files.
 */
import { spawnSync } from "node:child_process";
import { createWriteStream, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { setImmediate } from "node:timers/promises";
import sharp from "sharp";
import { pack } from "tar-stream";
import { newCommand, numberIn } from "../../training/cli/command-line.ts";
import { BatchSource } from "../../training/data/batches.ts";
import { statistics } from "../../training/data/dataset.ts";
import { loadDataset } from "../../training/data/load.ts";
import { RECIPE } from "../../training/learning/recipe.ts";
import { shapeFor } from "../../training/network/shape.ts";
import { seedState, uniforms } from "../../wasm-model/sampling/random.ts";

const SIDE = 64;
const CLASSES = 10;
const DIFFERENT = 200;
const STEPS = 30;
const BATCH = 128;
const LIMIT_MB = 4096;

if (process.argv[2] === "load") await load(process.argv[3]);
else {
  const { processedArgs } = newCommand("bench data")
    .description("Measures the memory of decoding made-up images and of drawing batches of them. Needs 6 GB of temporary files.")
    .argument("[images]", "how many", numberIn("images", 1000, 1e7), 200_000)
    .parse(process.argv);
  await bench(processedArgs[0] as number);
}

async function bench(count: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "anneal-bench-data-"));
  try {
    const archive = join(folder, "made-up.tar");
    await timed(`drawing ${count} images`, () => draw(archive, count));
    for (const title of ["decoding, caching and batches", "the cache and batches"]) {
      const { stdout, status } = spawnSync(process.execPath, [import.meta.filename, "load", archive], {
        cwd: folder,
        encoding: "utf8",
        stdio: ["ignore", "pipe", "inherit"],
      });
      const report = stdout.trim().split("\n").at(-1);
      console.log(`${title}: ${report}`);
      if (status !== 0) process.exitCode = 1;
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * A .tar of images of three colour gradients each, the same few again and again under different names: decoding takes
 * as long as that of different ones.
 */
async function draw(path: string, count: number): Promise<void> {
  const state = seedState("made-up images");
  const drawn = await Promise.all(
    Array.from({ length: DIFFERENT }, (_, i) => {
      const slopes = new Float64Array(6);
      uniforms(state, i, slopes);
      const pixels = Uint8Array.from({ length: 3 * SIDE * SIDE }, (_, at) => {
        const [c, x, y] = [at % 3, Math.floor(at / 3) % SIDE, Math.floor(at / 3 / SIDE)];
        return (slopes[c] * x + slopes[c + 3] * y) * (254 / SIDE);
      });
      return sharp(pixels, { raw: { width: SIDE, height: SIDE, channels: 3 } })
        .jpeg()
        .toBuffer();
    }),
  );
  const tar = pack();
  const written = pipeline(tar, createWriteStream(path));
  for (let i = 0; i < count; i++) {
    tar.entry({ name: `${i % CLASSES}/${i}.jpg` }, drawn[i % DIFFERENT]);
    if (i % 1000 === 0) await setImmediate(); // for what is written to leave the memory
  }
  tar.finalize();
  await written;
}

/** Loads the images as `npx anneal train` does, draws batches, and prints this process' peak memory. */
async function load(archive: string): Promise<void> {
  const start = performance.now();
  const dataset = await loadDataset(archive, { pictures: { width: SIDE, height: SIDE }, cache: "cache" });
  const { std } = statistics(dataset);
  const loaded = performance.now();
  const batches = new BatchSource(dataset.train, dataset.labels.length, BATCH, RECIPE, "bench", { spec: shapeFor(dataset, "s32x3").spec });
  for (let step = 1; step <= STEPS; step++) batches.at(step);
  const perBatch = (performance.now() - loaded) / STEPS;
  const peak = process.resourceUsage().maxRSS / 1024;
  console.log(
    `peak memory ${peak.toFixed(0)} MB; ${dataset.train.count} training images (std ${std.toFixed(2)}) loaded in ${((loaded - start) / 1000).toFixed(0)} s, ${perBatch.toFixed(0)} ms per batch of ${BATCH}`,
  );
  if (peak > LIMIT_MB) {
    console.error(`Expected at most ${LIMIT_MB} MB but received ${peak.toFixed(0)}`);
    process.exitCode = 1;
  }
}

async function timed(title: string, work: () => Promise<void>): Promise<void> {
  const start = performance.now();
  await work();
  console.log(`${title}: ${((performance.now() - start) / 1000).toFixed(0)} s`);
}
