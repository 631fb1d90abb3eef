/**
 * A run with a student, from its first step to images of the exported pair, as its user sees it; and one that is
 * stopped while its student learns.
 */
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadDataset } from "../../training/data/load.ts";
import { DISTILL_DEFAULTS } from "../../training/distill/config.ts";
import { initialState } from "../../training/learning/checkpoint.ts";
import { RECIPE } from "../../training/learning/recipe.ts";
import { initialParameters } from "../../training/network/parameters.ts";
import { shapeFor } from "../../training/network/shape.ts";
import { createRun } from "../../training/train/folder.ts";
import { parseRecipe, recipeIn } from "../../wasm-model/index.ts";
import { ACTIVATION_BOUND } from "../../wasm-model/network/spec.ts";
import { finished, run, start } from "../support/command-line.ts";
import { writeFolder } from "../support/files.ts";
import { firstSave } from "../support/resume.ts";
import { halves } from "../training/data/made-up.ts";

const folder = mkdtempSync(join(tmpdir(), "anneal-student-"));
const at = (name: string): string => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const IMAGES = { width: 16, height: 16, crop: "cover", background: "ffffff" } as const;

/**
 * A run of s32 on images of 16x16, at its first step: a student of few images, which the command line gives to long
 * runs alone.
 */
async function makeRun(name: string, images: number): Promise<string> {
  const data = at("pets");
  const dataset = await loadDataset(data, { pictures: IMAGES });
  const { spec: shape } = shapeFor(dataset, "s32");
  const spec = { bound: ACTIVATION_BOUND, ...shape };
  const student = { evaluations: 4, ...DISTILL_DEFAULTS, images, batch: 8, window: 32 };
  const config = {
    ...{ data, pictures: IMAGES, dataLicence: dataset.licence, labels: dataset.labels, name: "pets", network: "s32", spec },
    ...{ images: 256, imagesBefore: 0, batch: 16, steps: 16, learningRate: 1e-2, sweep: 16, student, recipe: RECIPE, seed: "s" },
  };
  createRun(at(name), config, initialState(spec, initialParameters(spec, "s")));
  return at(name);
}

const resume = (out: string, ...more: string[]) => ["--out", out, "--resume", "--backend", "wasm", "--checkpoint-every", "1", ...more];
const fileOf = (out: string, name: string) => readFileSync(join(out, "student", name));

beforeAll(async () => {
  const files: Record<string, Uint8Array> = {};
  for (let i = 0; i < 120; i++) {
    files[`${i % 2 ? "cat" : "dog"}/${i}.png`] = await halves(16, 16, [i, 255 - i, 90], [9, 2 * i, 200])
      .png()
      .toBuffer();
  }
  writeFolder(at("pets"), files);
});

describe("a run with a student", () => {
  const out = at("run");
  beforeAll(async () => {
    await makeRun("run", 48);
    const { code, stdout, stderr } = await run("train", resume(out, "--json"));
    expect(code, stderr).toBe(0);
    const { student, ...others } = JSON.parse(stdout);
    expect(others).toMatchObject({ name: "pets", steps: 16, finished: true });
    expect(student).toMatchObject({ evaluations: 4, kernelDistance: expect.any(Number), teacher: { evaluations: 8 } });
    expect(stderr).toContain("then 11 more for a student of 4 evaluations, which learns from 48 images\n");
    expect(stderr).toMatch(
      /^distance to training images, in features that had no part in training or choosing them: .* with 8 evaluations of the model itself, .* with 4 of its student$/m,
    );
  }, 600_000);

  it("is exported as a pair, which draws four evaluations with the student and others with the teacher", async () => {
    const models = at("models");
    const exported = await run("export", [out, "--out", models, "--calibration-images", "1", "--backend", "wasm", "--force"]);
    expect(exported.code, exported.stderr).toBe(0);
    for (const [flags, said] of [
      [[], "4 evaluations of the student"],
      [["--steps", "8"], "8 evaluations of the teacher"],
    ] as const) {
      const drawn = await run("sample", [models, ...flags, "--seed", "7", "--out", at("out.png")]);
      expect(drawn.code, drawn.stderr).toBe(0);
      expect(drawn.stdout).toContain(said);
      expect(parseRecipe(recipeIn(readFileSync(at("out.png"))) ?? "")).toMatchObject({ model: "pets" });
    }
  }, 600_000);
});

describe("a run that is stopped while its student learns", () => {
  it("continues to the same student, after Ctrl-C and after kill -9", async () => {
    const [whole, stopped] = [await makeRun("whole", 480), await makeRun("stopped", 480)];
    const unstopped = await run("train", resume(whole));
    expect(unstopped.code, unstopped.stderr).toBe(0);

    const first = start("train", resume(stopped));
    const end = finished(first);
    await firstSave(join(stopped, "student"));
    first.kill("SIGINT");
    const { code, stdout } = await end;
    expect(code).toBe(130);
    expect(stdout).toMatch(/^stopped at step 16 of 16, while the student learns; continue with --resume$/m);
    const before = fileOf(stopped, "checkpoint.safetensors");
    expect(before.equals(fileOf(whole, "checkpoint.safetensors")), "the run ended before it could be stopped").toBe(false);
    const refused = await run("export", [stopped, "--out", at("none")]);
    expect(refused.stderr).toMatch(
      /^Expected a finished run but .* is at step 16 of 16, without its student \(which `export --no-student` does without\): finish it with --resume\n$/,
    );

    const second = start("train", resume(stopped));
    while (fileOf(stopped, "checkpoint.safetensors").equals(before) && second.exitCode === null)
      await new Promise((r) => setTimeout(r, 50));
    expect(second.exitCode, "the run ended before it could be killed").toBeNull();
    second.kill("SIGKILL");
    await once(second, "close");
    const { code: done, stderr } = await run("train", resume(stopped));
    expect(done, stderr).toBe(0);
    for (const name of ["checkpoint.safetensors", "student-fp32.onnx"])
      expect(fileOf(stopped, name).equals(fileOf(whole, name)), name).toBe(true);
  }, 900_000);
});
