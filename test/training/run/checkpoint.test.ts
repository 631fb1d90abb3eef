/** A checkpoint that is not what was written is not gone on from, and is not the end of the run. */
import { fsyncSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { decodeState, encodeState, initialState } from "../../../training/learning/checkpoint.ts";
import { SAMPLING_DEFAULTS } from "../../../training/learning/sampling.ts";
import { initialParameters } from "../../../training/network/parameters.ts";
import { RunFolder } from "../../../training/run/folder.ts";
import { parametersOf } from "../../../wasm-model/network/count.ts";
import { temporaryFolder } from "../../support/files.ts";
import { TINY } from "../../support/random-model.ts";
import { runConfig } from "../../support/run-config.ts";

vi.mock("node:fs", { spy: true });

const folder = new RunFolder(temporaryFolder("checkpoint"));
const run = folder.path;
mkdirSync(run);
const path = join(run, "checkpoint.safetensors");
const best = join(run, "checkpoint.best.safetensors");

const state = { ...initialState(TINY, initialParameters(TINY, "s")), step: 12 };
beforeEach(() => folder.writeState(TINY, state));

it("a configuration is read back unchanged, whatever numbers images start from", () => {
  const start = { sigmaMax: 8, squares: 1, spread: 1, extrapolation: 1, means: [[-1e-7], [0.25], [-0]], factor: [1.5e-7] };
  const command = "npx anneal train --data '[\n1, 2\n]'";
  const config = runConfig({ command, sampling: { ...SAMPLING_DEFAULTS, start } });
  folder.writeConfig(config);
  expect(folder.readConfig()).toEqual(JSON.parse(JSON.stringify(config)));
  expect(readFileSync(join(run, "config.json"), "utf8")).toContain('"factor": [1.5e-7]');
});

describe("a checkpoint", () => {
  it("is read back unchanged", () => {
    expect(folder.readState(TINY)).toEqual(state);
  });

  it("is refused without one of its tensors, and with more", () => {
    const { tensors, metadata } = encodeState(parametersOf(TINY), state);
    const others = new Map([...tensors].filter(([name]) => !name.endsWith("/logVariance")));
    expect(() => decodeState(parametersOf(TINY), { tensors: others, metadata })).toThrow("it lacks the tensor `weights/logVariance`");
    const smaller = { ...TINY, decoderBlocks: [2, 1] };
    expect(() => folder.readState(smaller)).toThrow("it has tensors that the run's network does not have");
  });

  it("is refused where it is damaged or lost", () => {
    writeFileSync(path, readFileSync(path).subarray(0, -1));
    expect(() => folder.readState(TINY)).toThrow(/^The checkpoint `.*` is damaged or of another network: /);
    rmSync(path);
    expect(() => folder.readState(TINY)).toThrow(/^The checkpoint `.*` is missing$/);
  });

  it("is on the disk before it takes its place, so that a machine that stops leaves a whole one", () => {
    const [synced, renamed] = [vi.mocked(fsyncSync), vi.mocked(renameSync)];
    synced.mockClear();
    renamed.mockClear();
    folder.keepBest();
    expect(renamed.mock.calls).toEqual([[expect.any(String), best]]);
    expect(synced.mock.invocationCallOrder[0]).toBeLessThan(renamed.mock.invocationCallOrder[0]);
  });

  it("is left as it was by a full disk", () => {
    folder.keepBest();
    const temporary = `${best}.${process.pid}.tmp`;
    mkdirSync(temporary);
    expect(() => folder.keepBest()).toThrow(/^`.*best.safetensors` cannot be written: /);
    rmSync(temporary, { recursive: true });
    expect(readFileSync(best).equals(readFileSync(path))).toBe(true);
  });
});
