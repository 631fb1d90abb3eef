/** The promise on killed runs, for any backend. */
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { expect } from "vitest";
import type { LogEntry } from "../../training/learning/reports.ts";
import { decodeSafetensors } from "../../training/learning/safetensors.ts";
import { finished, run, start, succeeded } from "./command-line.ts";
import { writeTinyDataset } from "./tiny-dataset.ts";

const FLAGS = ["--network", "s32", "--batch", "16", "--checkpoint-every", "1"];

/**
 * Trains twice with the same seed, once through and once killed (SIGKILL) soon after its first checkpoint and resumed;
 * expects the same checkpoint, which holds weights, moments and average, bit for bit, and the same log but for the
 * speed and the mean loss of the interrupted window.
 */
export async function expectExactResume(backend: "native" | "wasm", folder: string, images: number): Promise<void> {
  const data = writeTinyDataset(join(folder, "data"));
  const whole = join(folder, "whole");
  const killed = join(folder, "killed");
  const flags = (out: string): string[] => ["--data", data, "--out", out, "--backend", backend, "--images", String(images), ...FLAGS];

  const uninterrupted = await run("train", flags(whole));
  expect(uninterrupted.stderr.includes("Expected"), uninterrupted.stderr).toBe(false);
  expect(uninterrupted.code).toBe(0);

  const victim = start("train", flags(killed));
  await firstSave(killed);
  await setTimeout(300);
  expect(victim.exitCode, "the run ended before it could be killed: it needs more images").toBeNull();
  victim.kill("SIGKILL");
  await once(victim, "close");
  const partial = checkpoint(killed);
  expect(partial.equals(checkpoint(whole))).toBe(false);

  const resumed = await succeeded(finished(start("train", ["--out", killed, "--backend", backend, "--resume"])));
  expect(resumed.stdout).toMatch(/step [1-9]\d* of/);
  expect(checkpoint(killed).equals(checkpoint(whole))).toBe(true);
  expect(log(killed)).toEqual(log(whole));
}

const checkpoint = (run: string): Buffer => readFileSync(join(run, "checkpoint.safetensors"));

const log = (run: string): unknown[] => readLog(run).map((entry) => ({ ...entry, imagesPerSecond: undefined, loss: undefined }));

export const readLog = (run: string): LogEntry[] =>
  readFileSync(join(run, "log.jsonl"), "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as LogEntry);

/** Until the run has saved itself once, after the checkpoint that it begins with. */
export async function firstSave(run: string): Promise<void> {
  const deadline = Date.now() + 120_000;
  while (!existsSync(join(run, "checkpoint.safetensors")) || stepOf(run) === 0) {
    if (Date.now() > deadline) throw new Error("Expected a checkpoint within two minutes but there is none");
    await setTimeout(50);
  }
}

const stepOf = (run: string): number => Number(decodeSafetensors(checkpoint(run)).metadata.step);
