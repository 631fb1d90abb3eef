/**
 * Training runs that are killed again and again: of a network that averages its weights (EMA) and, in its last part, learns
 * guidance with fake quantization.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { finished, start, succeeded } from "../support/command-line.ts";
import { randomModelFile, TINY } from "../support/random-model.ts";
import { writeTinyDataset } from "../support/tiny-dataset.ts";

type Backend = "native" | "wasm";

/** Images that a run learns from, in about half a minute. */
const IMAGES: Readonly<Record<Backend, number>> = { native: 32_000, wasm: 16_000 };

/**
 * Trains in `folder` once through, and then, until there were so many SIGKILLs, runs that are killed: each at a random
 * moment after its start, start-up included, and then resumed. The file that is not as in the run that nobody killed;
 * undefined if there is none. Throws an Error where a run fails.
 */
export async function killedAtRandom(backend: Backend, folder: string, times: number): Promise<string | undefined> {
  const { begin, always } = recipeOf(backend, folder);
  const next = (out: string) =>
    start("train", [...always, ...(existsSync(join(out, "run/config.json")) ? ["--resume", out] : ["--out", out, ...begin])]);

  const began = performance.now();
  const whole = join(folder, "whole");
  await succeeded(finished(next(whole)));
  const longest = (performance.now() - began) / 2;

  let [kills, runs] = [0, 0];
  while (kills < times) {
    const killed = join(folder, `killed-${++runs}`);
    for (;;) {
      const victim = next(killed);
      const end = finished(victim);
      const moment = kills < times ? setTimeout(Math.random() * longest, "killed" as const) : undefined;
      if ((await Promise.race([end, ...(moment ? [moment] : [])])) !== "killed") {
        await succeeded(end);
        break;
      }
      victim.kill("SIGKILL");
      await end;
      kills++;
    }
    // The log but for what depends on the clock.
    const different = ["model.onnx", "run/checkpoint.safetensors", "run/log.jsonl"].find(
      (name) => !content(whole, name).equals(content(killed, name)),
    );
    if (different) return different;
  }
  return undefined;
}

/** Arguments of a new run, and those of a resumed one too. */
function recipeOf(backend: Backend, folder: string) {
  const data = writeTinyDataset(join(folder, "data"));
  const model = join(folder, "model-fp32.onnx");
  writeFileSync(model, randomModelFile({ ...TINY, classes: 4 }, 5, "fp32"));
  const always = ["--backend", backend, "--checkpoint-every", "1"];
  const begin = ["--data", data, "--size", "8", "--images", String(IMAGES[backend]), "--batch", "16", "--from", model, "--guidance", "3"];
  return { begin, always };
}

/** A file of a run; of the log what does not depend on the clock. */
function content(out: string, name: string): Buffer {
  const file = readFileSync(join(out, name));
  if (!name.endsWith(".jsonl")) return file;
  const lines = file.toString().split("\n").filter(Boolean);
  return Buffer.from(lines.map((line) => JSON.stringify({ ...JSON.parse(line), imagesPerSecond: 0, loss: 0 })).join("\n"));
}
