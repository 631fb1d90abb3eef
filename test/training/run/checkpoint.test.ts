/** A checkpoint that is not what was written is not gone on from, and is not the end of the run. */
import { copyFileSync, fsyncSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
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

const run = temporaryFolder("checkpoint");
const folder = new RunFolder(run);
const path = join(run, "checkpoint.safetensors");
const previous = join(run, "checkpoint.previous.safetensors");

const state = { ...initialState(TINY, initialParameters(TINY, "s")), step: 12 };
beforeEach(() => {
  rmSync(previous, { force: true });
  folder.writeState(TINY, state);
});

/** Changes the file where `find` stands in it, byte by byte. */
function edit(find: string | Uint8Array, replacement: string | Uint8Array, file = path): void {
  const bytes = readFileSync(file);
  const at = bytes.indexOf(find);
  expect(at).toBeGreaterThan(0);
  bytes.set(Buffer.from(replacement as string), at);
  writeFileSync(file, bytes);
}

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

  it("is refused with any flipped bit in its numbers, another step, a damaged name of the checksum, or two names exchanged", () => {
    const file = readFileSync(path);
    const data = 8 + Number(file.readBigUInt64LE(0));
    const flips = [data, data + 1001, Math.floor((data + file.length) / 2), file.length - 1].map(
      (at) => () => writeFileSync(path, file.with(at, file[at] ^ 1)),
    );
    const edits = [
      ['"step":"12"', '"step":"13"'],
      ['"sha256"', '"sha255"'],
      ['"weights/in"', '"average/in"'],
    ].map((change) => () => edit(change[0], change[1]));
    for (const damage of [...flips, ...edits]) {
      writeFileSync(path, file);
      damage();
      expect(() => folder.readState(TINY)).toThrow(/^The checkpoint `.*` is damaged or of another network: /);
    }
  });
});

describe("the checkpoint to fall back on", () => {
  it("replaces a damaged or lost one, with a message", () => {
    folder.copyState("last", "previous");
    folder.writeState(TINY, { ...state, step: 13 });
    const tell = vi.fn();
    expect(folder.readStateToResume(TINY, tell).step).toBe(13);
    expect(tell).not.toHaveBeenCalled();
    edit('"step":"13"', '"step":"14"');
    expect(folder.readStateToResume(TINY, tell)).toEqual(state);
    rmSync(path);
    expect(folder.readStateToResume(TINY, tell)).toEqual(state);
    expect(tell.mock.calls).toEqual([
      [
        expect.stringMatching(
          /^The checkpoint .* is damaged or of another network: its content .*: continuing from the one before it, of step 12$/,
        ),
      ],
      [expect.stringMatching(/^The checkpoint .* is missing: continuing from the one before it, of step 12$/)],
    ]);
    expect(folder.restoreState(TINY)).toEqual(state);
    expect(folder.readState(TINY)).toEqual(state);
  });

  it("does not replace it if it is damaged itself or of another network", () => {
    folder.copyState("last", "previous");
    edit('"step":"12"', '"step":"14"');
    copyFileSync(path, previous);
    expect(() => folder.readStateToResume(TINY, () => {})).toThrow("its content does not match");
    folder.writeState(TINY, state);
    folder.copyState("last", "previous");
    expect(() => folder.readStateToResume({ ...TINY, widths: [16, 16] }, () => {})).toThrow("and not [16,");
  });

  it("is on the disk before it takes its place, so that a machine that stops leaves a whole one", () => {
    const [synced, renamed] = [vi.mocked(fsyncSync), vi.mocked(renameSync)];
    synced.mockClear();
    renamed.mockClear();
    folder.copyState("last", "previous");
    expect(renamed.mock.calls).toEqual([[expect.any(String), previous]]);
    expect(synced.mock.invocationCallOrder[0]).toBeLessThan(renamed.mock.invocationCallOrder[0]);
  });

  it("is left as it was by a full disk", () => {
    folder.copyState("last", "previous");
    const temporary = `${previous}.${process.pid}.tmp`;
    mkdirSync(temporary);
    expect(() => folder.copyState("last", "previous")).toThrow(/^`.*previous.safetensors` cannot be written: /);
    rmSync(temporary, { recursive: true });
    expect(readFileSync(previous).equals(readFileSync(path))).toBe(true);
  });
});
