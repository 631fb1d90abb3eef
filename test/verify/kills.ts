/** A training run that is killed again and again: with a guided teacher (distillation), averaged weights (EMA) and, in its last part, fake quantization. */
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { finished, start } from "../support/command-line.ts";
import { randomModelFile, TINY } from "../support/random-model.ts";
import { writeTinyDataset } from "../support/tiny-dataset.ts";

export interface KilledRun {
  readonly kills: number;
  /** What is not as in the run that nobody killed; undefined if nothing. */
  readonly difference: string | undefined;
}

/** Weights, moments and average; and the log without what depends on the clock. */
function resultOf(out: string): { checkpoint: Buffer; log: string } {
  const lines = readFileSync(join(out, "log.jsonl"), "utf8").split("\n").filter(Boolean);
  const log = lines.map((line) => JSON.stringify({ ...(JSON.parse(line) as object), imagesPerSecond: undefined, loss: undefined }));
  return { checkpoint: readFileSync(join(out, "checkpoint.safetensors")), log: log.join("\n") };
}

/**
 * Trains in `folder` once through, and once with so many SIGKILLs, each at a random moment after the start, start-up included; together they let about as much time
 * pass as the whole run takes. Throws an Error where a run fails.
 */
export async function killedAtRandom(backend: string, folder: string, times: number, images: number): Promise<KilledRun> {
  const data = writeTinyDataset(join(folder, "data"));
  const init = join(folder, "teacher-fp32.onnx");
  writeFileSync(init, randomModelFile({ ...TINY, classes: 4 }, 5, "fp32"));
  const recipe = ["--init", init, "--guidance", "3", "--images", String(images), "--batch", "16", "--checkpoint-every", "1"];
  const begin = (out: string) => start("train", ["--data", data, "--out", out, "--backend", backend, ...recipe]);
  const resume = (out: string) => start("train", ["--out", out, "--backend", backend, "--resume", "--checkpoint-every", "1"]);
  const [whole, killed] = [join(folder, "whole"), join(folder, "killed")];

  const began = performance.now();
  await expectSuccess(begin(whole));
  const longest = (2 * (performance.now() - began)) / times;

  const next = () => (existsSync(killed) ? resume(killed) : begin(killed));
  let kills = 0;
  while (kills < times) {
    const victim = next();
    const ended = once(victim, "close");
    await setTimeout(Math.random() * longest);
    if (victim.exitCode !== null) break;
    victim.kill("SIGKILL");
    await ended;
    kills++;
  }
  await expectSuccess(next());
  const [one, other] = [resultOf(whole), resultOf(killed)];
  if (!one.checkpoint.equals(other.checkpoint)) return { kills, difference: "another checkpoint" };
  return { kills, difference: one.log === other.log ? undefined : "another log" };
}

async function expectSuccess(child: ReturnType<typeof start>): Promise<void> {
  const { code, stderr } = await finished(child);
  if (code !== 0) throw new Error(`Expected a run that ends well but it ended with ${code}: ${stderr}`);
}
