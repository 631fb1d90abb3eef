/** What a run keeps: its configuration, and checkpoints that are whole. */

import { fsyncSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { UserError } from "../../../training/cli/user-error.ts";
import { decodeState, encodeState, initialState } from "../../../training/learning/checkpoint.ts";
import { RECIPE } from "../../../training/learning/recipe.ts";
import { SAMPLING_DEFAULTS } from "../../../training/learning/sampling.ts";
import { initialParameters } from "../../../training/network/parameters.ts";
import { cardOf, parseConfig } from "../../../training/run/config.ts";
import { RunFolder } from "../../../training/run/folder.ts";
import { parametersOf } from "../../../wasm-model/network/count.ts";
import { temporaryFolder } from "../../support/files.ts";
import { TINY } from "../../support/random-model.ts";
import { runConfig } from "../../support/run-config.ts";

const config = runConfig();

it("config.json says where the images lie in the network's images, as the card does", () => {
  const crop = { top: 1, left: 0, height: 6, width: 8 };
  expect(cardOf(parseConfig({ ...config, crop }, "config.json")).crop).toEqual(crop);
  expect(cardOf(parseConfig(config, "config.json"))).not.toHaveProperty("crop");
  expect(() => parseConfig({ ...config, crop: { ...crop, top: 3 } }, "config.json")).toThrow(
    "Expected a rectangle within the network's image",
  );
});

describe("the recipe, and what a run keeps of its data", () => {
  const pictures = { width: 32, height: 24, crop: "contain", background: "ffffff" };

  it("are read", () => {
    const given = { recipe: { ...RECIPE, stableShare: 0.25 }, pictures, mirror: true };
    expect(parseConfig({ ...config, ...given }, "config.json")).toMatchObject(given);
  });

  it.each([
    [{ data: undefined }, "a string for `data` of `config.json` but received nothing"],
    [{ spec: { ...config.spec, height: 9 } }, "a multiple of 4 from 4 to 1024 for `spec.height` of the model's card but received 9"],
    [{ steps: 1.5 }, "an integer from 1 to 1000000000 for `steps` of `config.json` but received 1.5"],
    [
      { recipe: { ...RECIPE, adam: { beta1: 0.9 } } },
      "a number from 0 to 0.999999 for `recipe.adam.beta2` of `config.json` but received nothing",
    ],
    [{ pictures: { ...pictures, crop: "stretch" } }, "one of cover, contain, center for `pictures.crop` of `config.json`"],
    [{ mirror: "no" }, 'true or false for `mirror` of `config.json` but received "no"'],
  ])("are refused in one line if they are invalid (%#): %j", (changes, expected) => {
    const parse = () => parseConfig({ ...config, ...changes }, "config.json");
    expect(parse).toThrow(UserError);
    expect(parse).toThrow(`Expected ${expected}`);
  });

  it("have no field that is not known", () => {
    const parse = () => parseConfig({ ...config, recipe: { ...RECIPE, labelDropuot: 0 } }, "config.json");
    expect(parse).toThrow(new UserError("`recipe.labelDropuot` of `config.json` is not a known field"));
  });
});

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
