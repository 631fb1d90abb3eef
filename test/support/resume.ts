/** What a run has written so far. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { LogEntry } from "../../training/learning/reports.ts";
import { decodeSafetensors } from "../../training/learning/safetensors.ts";

export const readLog = (run: string): LogEntry[] =>
  readFileSync(join(run, "log.jsonl"), "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as LogEntry);

/** Until the run of the model in this folder has saved itself once, after the checkpoint that it begins with. */
export async function firstSave(model: string): Promise<void> {
  const run = join(model, "run");
  const deadline = Date.now() + 120_000;
  while (!existsSync(join(run, "checkpoint.safetensors")) || stepOf(run) === 0) {
    if (Date.now() > deadline) throw new Error("Expected a checkpoint within two minutes but there is none");
    await setTimeout(50);
  }
}

const stepOf = (run: string): number => Number(decodeSafetensors(readFileSync(join(run, "checkpoint.safetensors"))).metadata.step);
