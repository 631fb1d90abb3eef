/** `npm run tune -- --nfe` and `npm run distill`, on a tiny data set: searches and runs that are cut off go on as if they had not been. */
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readFp32Model } from "../../../training/read-model.ts";
import { writeModel } from "../../../wasm-model/onnx/writer.ts";
import { finished, run, start } from "../../support/command-line.ts";
import { randomModel, TINY } from "../../support/random-model.ts";
import { firstSave } from "../../support/resume.ts";
import { writeTinyDataset } from "../../support/tiny-dataset.ts";

const folder = mkdtempSync(join(tmpdir(), "anneal-distill-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const data = join(folder, "data");
const classifier = join(folder, "classifier.safetensors");
const teacher = join(folder, "model-fp32.onnx");
const schedules = join(folder, "schedules.json");
const common = ["--backend", "wasm", "--classifier", classifier, "--cache", join(folder, "cache")];
const SCHEDULE = { sigmas: [20, 0.5], churn: [0.7], extrapolation: [1.2] };

beforeAll(async () => {
  writeTinyDataset(data, 300);
  const { card, weights } = randomModel({ ...TINY, classes: 4 }, 5, "fp32");
  writeFileSync(teacher, writeModel({ card: { ...card, training: { ...card.training, data } }, weights }));
  writeFileSync(schedules, JSON.stringify([SCHEDULE]));
  const { code, stderr } = await run("train-classifier", ["--data", data, "--backend", "wasm", "--images", "3200", "--out", classifier]);
  expect(code, stderr).toBe(0);
});

describe("npm run tune -- --nfe", () => {
  it("searches schedules, and is replayed from what it measured", async () => {
    const out = join(folder, "tune");
    const flags = ["--nfe", "1,2", "--candidates", "9", "--count", "128", "--judge-count", "128", "--start", schedules, "--out", out];
    const tune = () => run("tune", [teacher, "--data", data, ...common, ...flags]);
    const { code, stdout, stderr } = await tune();
    expect(code, stderr).toBe(0);
    const found = readFileSync(join(out, "schedules.json"), "utf8");
    const [one, two] = JSON.parse(found);
    expect(one).toEqual({ sigmas: [20], churn: [], extrapolation: [] });
    expect(two.sigmas).toHaveLength(2);
    const lines = readFileSync(join(out, "candidates-2.jsonl"), "utf8");
    expect(JSON.parse(lines.split("\n")[0])).toMatchObject({ schedule: SCHEDULE });
    expect(lines.trim().split("\n").length).toBeGreaterThan(5);
    expect(stdout).toMatch(/^2 +\d+\.\d{3} +\d+\.\d{3} +\d+\.\d %/m);

    truncateSync(join(out, "candidates-2.jsonl"), Math.floor(lines.length / 2)); // cut off within a line
    await tune();
    expect(readFileSync(join(out, "schedules.json"), "utf8")).toBe(found);
  });
});

describe("npm run distill", () => {
  const flags = ["--schedule", schedules, "--nfe", "2", "--batch", "16", "--report-every", "1000000", "--checkpoint-every", "0"];

  it.each([
    ["frechet", ["--window", "128"]],
    ["matching", ["--auxiliary-updates", "1"]],
    ["rematch", ["--auxiliary-updates", "1", "--auxiliary-head-start", "2"]],
    ["adversary", ["--auxiliary-updates", "1"]],
  ])(
    "by %s moves the student, and goes on bit for bit after kill -9",
    async (method, more) => {
      const [whole, killed] = [join(folder, `${method}-whole`), join(folder, `${method}-killed`)];
      const args = [teacher, ...flags, ...more, "--method", method, "--images", "160", ...common];
      const { code, stderr } = await run("distill", [...args, "--out", whole]);
      expect(code, stderr).toBe(0);

      const victim = start("distill", [...args, "--out", killed]);
      await firstSave(killed);
      victim.kill("SIGKILL");
      await once(victim, "close");
      const checkpoint = (of: string) => readFileSync(join(of, "checkpoint.safetensors"));
      expect(checkpoint(killed).equals(checkpoint(whole)), "the run ended before it could be killed").toBe(false);
      const resumed = await finished(start("distill", ["--out", killed, "--resume", ...common]));
      expect(resumed.code, resumed.stderr).toBe(0);
      expect(checkpoint(killed).equals(checkpoint(whole))).toBe(true);
      readFp32Model(join(killed, "student-fp32.onnx"), "student");
    },
    300_000,
  );

  it.each([
    ["no schedule", [], /^Expected a file and a number of evaluations for `schedule` and `nfe` but received nothing\n$/],
    ["other evaluations", ["--schedule", schedules, "--nfe", "3"], /^Expected a schedule of 3 evaluations in `.*` but it has none\n$/],
    ["two of a kind", [...flags, "--method", "matching,rematch"], /^Expected one of matching, rematch for `method` but received both\n$/],
  ])("answers %s with one clear line and exit code 2", async (_, more, message) => {
    const { code, stderr } = await run("distill", [teacher, "--out", join(folder, "none"), ...more]);
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
  });
});
