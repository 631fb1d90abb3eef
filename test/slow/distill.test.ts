/**
 * `npx anneal tune --nfe`, `npx anneal distill` and `npx anneal export --schedules`, on a tiny data set: searches and
 * runs that are cut off go on as if they had not been.
 */
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readFp32Model } from "../../training/cli/model-files.ts";
import { type ModelContents, writeModel } from "../../wasm-model/model/onnx/writer.ts";
import { finished, run, start } from "../support/command-line.ts";
import { randomModel, TINY } from "../support/random-model.ts";
import { firstSave } from "../support/resume.ts";
import { writeTinyDataset } from "../support/tiny-dataset.ts";

const folder = mkdtempSync(join(tmpdir(), "anneal-distill-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const data = join(folder, "data");
const cache = join(folder, "cache");
const classifier = join(folder, "classifier.safetensors");
const teacher = join(folder, "model-fp32.onnx");
const schedules = join(folder, "schedules.json");
const common = ["--backend", "wasm", "--classifier", classifier, "--cache", cache];
const SCHEDULE = { sigmas: [20, 0.5], churn: [0.7], extrapolation: [1.2] };
const ONE = { sigmas: [20], churn: [], extrapolation: [] };

/** With a crop: the network's image is larger than the data's. */
const SPEC = { ...TINY, height: 12, classes: 4 };
const CROP = { top: 2, left: 0, height: 8, width: 8 };

beforeAll(async () => {
  writeTinyDataset(data, 300);
  const { card, weights } = randomModel(SPEC, 5, "fp32");
  writeFileSync(teacher, writeModel({ card: { ...card, crop: CROP, training: { ...card.training, data } }, weights }));
  writeFileSync(join(folder, "other-fp32.onnx"), writeModel(randomModel({ ...SPEC, height: 8 }, 5, "fp32")));
  writeFileSync(schedules, JSON.stringify([ONE, SCHEDULE]));
  const { code, stderr } = await run("train-classifier", ["--data", data, "--backend", "wasm", "--images", "3200", "--out", classifier]);
  expect(code, stderr).toBe(0);
});

describe("npx anneal tune --nfe", () => {
  it("searches schedules, and replays what it has measured", async () => {
    const out = join(folder, "tune");
    const tune = () => run("tune", [teacher, ...common, "--nfe", "1,2", "--candidates", "9", "--count", "128", "--out", out]);
    const { code, stdout, stderr } = await tune();
    expect(code, stderr).toBe(0);
    const found = readFileSync(join(out, "schedules.json"), "utf8");
    const [one, two] = JSON.parse(found);
    expect(one).toEqual(ONE);
    expect(two.sigmas).toHaveLength(2);
    expect(stdout).toMatch(
      /^candidate 1: FID \d+\.\d{3}, 128 images, langevin, 2 noise levels 20 0\.05, churn 0\.85, extrapolation 1: 2 evaluations$/m,
    );
    expect(stdout).toMatch(
      /^langevin, 2 noise levels [\d.]+ [\d.]+, churn [\d.]+, extrapolation [\d.]+: 2 evaluations +\d+\.\d{3} +\d+\.\d %$/m,
    );

    const [path] = readdirSync(cache).filter((name) => /^schedules-2-.*jsonl$/.test(name));
    const candidates = join(cache, path);
    const lines = readFileSync(candidates, "utf8");
    expect(lines.trim().split("\n").length).toBeGreaterThan(5);
    expect(
      readdirSync(cache).filter((name) => name.startsWith("random-langevin-2-")),
      "no images but those of the best",
    ).toHaveLength(1);
    writeFileSync(candidates, `${lines.split("\n").slice(0, 4).join("\n")}\n`); // as a search that was killed leaves it
    await tune();
    expect(readFileSync(join(out, "schedules.json"), "utf8")).toBe(found);
    expect(readFileSync(candidates, "utf8")).toBe(lines);
  });

  it("refuses settings that it would ignore", async () => {
    const { code, stderr } = await run("tune", [teacher, ...common, "--nfe", "2", "--churn", "0.5", "--out", join(folder, "none")]);
    expect(stderr).toBe("Expected no `churn` together with `nfe`: a schedule has its own\n");
    expect(code).toBe(2);
  });
});

describe("npx anneal export --schedules", () => {
  const runExport = (...args: string[]) => run("export", [teacher, "--calibration-images", "1", "--backend", "wasm", "--force", ...args]);

  it("puts schedules into the card, one of them for the default step count", async () => {
    const out = join(folder, "exported");
    const { code, stdout, stderr } = await runExport("--schedules", schedules, "--steps", "2", "--out", out);
    expect(code, stderr).toBe(0);
    expect(readFp32Model(join(out, "model-fp32.onnx"), "exported").card.sampling).toMatchObject({ steps: 2, schedules: [ONE, SCHEDULE] });
    expect(stdout).toContain("2 evaluations per image");
  });

  it.each([
    ["steps without a schedule", [ONE, SCHEDULE], /^Expected 1 or 2, as the schedules in `.*` have, for `steps` but received 3\n$/],
    [
      "a list too short",
      [{ ...SCHEDULE, churn: [] }],
      /^Expected one fewer `churn` and `extrapolation` than `sigmas` for `0` of `.*` but received /,
    ],
    ["no list", { schedules: [SCHEDULE] }, /^Expected a list of schedules for `.*` but received /],
  ])("answers %s with one clear line and exit code 2", async (_, content, message) => {
    const file = join(folder, "given.json");
    writeFileSync(file, JSON.stringify(content));
    const { code, stderr } = await runExport("--schedules", file, "--steps", "3", "--out", join(folder, "none"));
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
  });
});

describe("npx anneal distill", () => {
  const flags = ["--schedule", schedules, "--nfe", "2", "--batch", "16", "--images", "96"];

  it.each([
    ["frechet", []],
    [
      "frechet from a student, with a classifier,",
      ["--init", join(folder, "frechet-whole", "student-fp32.onnx"), "--feature-classifier", classifier],
    ],
  ])("by %s moves the student, and continues bit for bit after kill -9", async (name, more) => {
    const [whole, killed] = [join(folder, `${name}-whole`), join(folder, `${name}-killed`)];
    const ours = [...common, "--report-every", "1000000", "--checkpoint-every", "0"];
    const args = [teacher, ...flags, "--window", "128", ...more, ...ours];
    const { code, stdout, stderr } = await run("distill", [...args, "--out", whole, "--json"]);
    expect(code, stderr).toBe(0);
    const best = { folder: whole, student: join(whole, "student-fp32.onnx"), fid: expect.any(Number), nfe: 2, steps: 6 };
    expect(JSON.parse(stdout)).toMatchObject(best);

    const victim = start("distill", [...args, "--out", killed]);
    await firstSave(killed);
    victim.kill("SIGSTOP");
    if (name === "frechet") {
      const { stderr } = await run("distill", ["--resume", "--out", killed, ...common]);
      expect(stderr).toMatch(/^Expected a run that no other process is training for `out` but process \d+ .* is training `.*`/);
    }
    victim.kill("SIGKILL");
    await once(victim, "close");
    const checkpoint = (of: string) => readFileSync(join(of, "checkpoint.safetensors"));
    expect(checkpoint(killed).equals(checkpoint(whole)), "the run ended before it could be killed").toBe(false);
    const resumed = await finished(start("distill", ["--resume", "--out", killed, ...ours]));
    expect(resumed.code, resumed.stderr).toBe(0);
    expect(checkpoint(killed).equals(checkpoint(whole))).toBe(true);

    const student = readFp32Model(join(killed, "student-fp32.onnx"), "student");
    expect(student.card).toMatchObject({ crop: CROP, sampling: { sampler: "langevin", steps: 2, schedules: [SCHEDULE] } });
    expect(JSON.parse(readFileSync(join(killed, "config.json"), "utf8")).init).toBe(more[more.indexOf("--init") + 1]);
    const weightsOf = ({ weights }: ModelContents): string[] => [...weights.floats.keys()].sort();
    expect(weightsOf(student)).toEqual(weightsOf(readFp32Model(teacher, "teacher")));
  });

  it("of data without a classifier uses the kernel distance, and continues with what it began with", async () => {
    const out = join(folder, "no-classifier");
    const args = ["--schedule", schedules, "--nfe", "2", "--batch", "16", "--images", "32", "--window", "128", "--backend", "wasm"];
    const { code, stdout, stderr } = await run("distill", [teacher, ...args, "--out", out, "--json"]);
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ student: join(out, "student-fp32.onnx"), kernelDistance: expect.any(Number), steps: 2 });
    expect(JSON.parse(stdout)).not.toHaveProperty("fid");
    expect(stderr).toMatch(
      /^0 images: kernel distance -?\d+\.\d\de-3 \(300 images\), training distances 1, 1, 1, 1 of those at the start$/m,
    );
    const other = await run("distill", ["--resume", "--out", out, ...common]);
    expect(other).toMatchObject({ code: 2, stderr: `Expected no \`classifier\`: the run in \`${out}\` began without one\n` });
    const lost = await run("distill", ["--resume", "--out", join(folder, "frechet-whole"), "--backend", "wasm"]);
    expect(lost).toMatchObject({ code: 2, stderr: expect.stringMatching(/^no tuning classifier of .*: `npx anneal train-classifier /) });
  });

  it("prints its configuration, falls back to the checkpoint before a damaged one, and refuses if both are damaged", async () => {
    const { code, stdout } = await run("distill", [teacher, ...flags, "--out", join(folder, "none"), "--dry-run"]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      data,
      scheduleFile: schedules,
      schedule: SCHEDULE,
      steps: 6,
      recipe: { averageDecay: 0.9 },
    });

    const out = join(folder, "frechet-whole");
    const resume = () => run("distill", ["--resume", "--out", out, ...common]);
    const damage = (name: string): void => {
      const bytes = readFileSync(join(out, name));
      bytes[bytes.length - 1] ^= 1;
      writeFileSync(join(out, name), bytes);
    };
    const complaint = "Expected a complete checkpoint of the run's network at `.*` but its content does not match its SHA-256";
    damage("checkpoint.safetensors");
    const resumed = await resume();
    expect(resumed.code, resumed.stderr).toBe(0);
    expect(resumed.stdout).toMatch(new RegExp(`^${complaint}: continuing from the one before it, of step 6$`, "m"));
    damage("checkpoint.previous.safetensors");
    const { stderr, code: refused } = await resume();
    expect(stderr).toMatch(new RegExp(`^${complaint}\\n$`));
    expect(refused).toBe(2);
  });

  it.each([
    ["no schedule", [teacher], /^Expected a file of schedules for `schedule` but received nothing\n$/],
    [
      "one of two schedules",
      [teacher, "--schedule", schedules],
      /^Expected one of 1, 2, as the schedules in `.*` have, for `nfe` but received nothing\n$/,
    ],
    ["other evaluations", [teacher, "--schedule", schedules, "--nfe", "3"], /, for `nfe` but received 3\n$/],
    [
      "a window smaller than a step",
      [teacher, "--schedule", schedules, "--nfe", "2", "--batch", "256", "--window", "128"],
      /^Expected at least 256, the images of a step, for `window` but received 128\n$/,
    ],
    [
      "what a run keeps",
      [teacher, "--resume", "--nfe", "2"],
      /^Expected no `model-fp32.onnx`, `nfe` together with `resume`: the run keeps its own\n$/,
    ],
    [
      "a first student of another network",
      [teacher, "--schedule", schedules, "--nfe", "2", "--init", join(folder, "other-fp32.onnx")],
      /^Expected a model with the teacher's network for `init` but received ".*", which has another\n$/,
    ],
    ["no run", ["--resume"], /^Expected the folder of a distillation but `.*` has no config.json\n$/],
  ])("answers %s with one clear line and exit code 2", async (_, more, message) => {
    const { code, stderr } = await run("distill", [...more, "--out", join(folder, "none")]);
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
  });
});
