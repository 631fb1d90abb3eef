/** A distillation of data that have no classifier, and one that ends before its time. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type Backend, chooseBackend } from "../../../training/backend/index.ts";
import { Interruption } from "../../../training/cli/progress.ts";
import type { Dataset } from "../../../training/data/dataset.ts";
import { loadDataset } from "../../../training/data/load.ts";
import { DISTILL_DEFAULTS, type DistillConfig } from "../../../training/distill/config.ts";
import { distill } from "../../../training/distill/distillation.ts";
import { bestOf, bestReport, createDistillation, distillationRun, readDistillation } from "../../../training/distill/folder.ts";
import { describeMetric, kernelMetric, type Metric } from "../../../training/distill/metric.ts";
import { isReport } from "../../../training/run/folder.ts";
import { referenceDenoiser } from "../../../wasm-model/network/reference.ts";
import { randomModel, TINY } from "../../support/random-model.ts";
import { writeTinyDataset } from "../../support/tiny-dataset.ts";

const root = mkdtempSync(join(tmpdir(), "anneal-distillation-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const SPEC = { ...TINY, classes: 4 };
const teacher = randomModel(SPEC, 5, "fp32");
const schedule = { sigmas: [20, 0.5], churn: [0.7], extrapolation: [1.2] };
const IMAGES = 12;

let backend: Backend;
let dataset: Dataset;
let metric: Metric;
beforeAll(async () => {
  backend = await chooseBackend("wasm");
  dataset = await loadDataset(writeTinyDataset(join(root, "data"), 600));
  metric = kernelMetric(backend.tf, { dataset, model: teacher, images: IMAGES, seed: "s" });
});

/**
 * Creates a distillation of four steps and returns how to go on with it; `listens` are those that it hears before
 * Ctrl-C. Reports are due at its steps 0, 2 and 4.
 */
function begin(name: string) {
  const folder = join(root, name);
  const data = join(root, "data");
  const numbers = { ...DISTILL_DEFAULTS, images: 64, batch: 16, steps: 4, window: 32, learningRate: 1e-3 };
  const config: DistillConfig = {
    teacher: "t",
    scheduleFile: "schedules.json",
    data,
    schedule,
    metric: "kernelDistance",
    ...numbers,
  };
  createDistillation(folder, config, { teacher });
  const goOn = async (listens = Number.POSITIVE_INFINITY) => {
    vi.spyOn(console, "log").mockImplementation(() => {});
    let heard = 0;
    const listen = async (): Promise<void> => {
      if (heard++ >= listens) throw new Interruption();
    };
    try {
      const found = await readDistillation(folder, async () => dataset);
      const best = await distill(backend, { ...found, metric, checkpointEvery: 1e6, reportEvery: 32, listen });
      return { best, heard };
    } finally {
      vi.restoreAllMocks();
    }
  };
  return { folder, config, goOn };
}

const contents = (folder: string) => ["checkpoint.safetensors", "student-fp32.onnx"].map((name) => readFileSync(join(folder, name)));
const reportsIn = (folder: string) => distillationRun(folder).readLog(4).filter(isReport);

describe("a distillation without a classifier", () => {
  const whole = begin("whole");
  let heard: number;
  let best: Awaited<ReturnType<typeof whole.goOn>>["best"];
  beforeAll(async () => {
    ({ best, heard } = await whole.goOn());
  });

  it("keeps the student with the smallest kernel distance to training images", () => {
    const reports = reportsIn(whole.folder);
    expect(reports).toEqual(
      [0, 2, 4].map((step) => ({
        step,
        kernelDistance: expect.any(Number),
        independentDistance: expect.any(Number),
        distances: expect.any(Array),
      })),
    );
    const nearest = Math.min(...reports.map(({ kernelDistance = Number.NaN }) => kernelDistance));
    const { independentDistance } = reports.find(({ kernelDistance }) => kernelDistance === nearest) ?? {};
    expect(best).toEqual({ student: join(whole.folder, "student-fp32.onnx"), kernelDistance: nearest, independentDistance });
    expect(bestOf(distillationRun(whole.folder).readLog(4), whole.config)).toBe(nearest);
  });

  it("ends the same wherever Ctrl-C interrupts it: in features of training images, the first images, a report or a step", async () => {
    for (const listens of [1, 4, 6, heard - 5]) {
      const { folder, goOn } = begin(`cut after ${listens}`);
      await expect(goOn(listens), String(listens)).rejects.toThrow(Interruption);
      await goOn();
      expect(contents(folder), String(listens)).toEqual(contents(whole.folder));
      expect(reportsIn(folder)).toEqual(reportsIn(whole.folder));
    }
  });
});

it("chooses with one network and also reports another network's distance of the choice", async () => {
  const reports = [
    { step: 2, kernelDistance: 0.1, independentDistance: 0.3 },
    { step: 4, kernelDistance: 0.2, independentDistance: 0.1 },
  ];
  expect(bestReport(reports, begin("another").config)).toBe(reports[0]);
  const { denoise } = referenceDenoiser(SPEC, teacher.weights);
  const [one, other] = [teacher, randomModel(SPEC, 6, "fp32")].map((model) =>
    kernelMetric(backend.tf, { dataset, model, images: IMAGES, seed: "s" }).measure(teacher.card, denoise),
  );
  const [by, byOther] = [await one, await other];
  expect(byOther.value).not.toBe(by.value); // in the features of the network itself
  expect(byOther.independentDistance).toBe(by.independentDistance); // in features that are none of its
  expect(Number.isFinite(by.independentDistance)).toBe(true);
});

it("a metric is described in words", () => {
  expect(describeMetric("kernelDistance", 0.012345)).toBe("kernel distance 12.35e-3");
  expect(describeMetric("fid", 1.69438)).toBe("FID 1.694");
});

it("training images are nearer than noise, by the kernel distance", async () => {
  const { denoise } = referenceDenoiser(SPEC, teacher.weights);
  const training = Float32Array.from(dataset.train.images(0, IMAGES), (byte) => byte / 127.5 - 1);
  const copies: typeof denoise = (x) => training.subarray(0, x.length);
  const noise: typeof denoise = (x) => x.map((_, i) => Math.sin(i * 1e3));
  const card = { ...teacher.card, sampling: { ...teacher.card.sampling, extrapolation: 1 } };
  const [near, far] = [await metric.measure(card, copies), await metric.measure(card, noise)];
  expect(near.value).toBeLessThan(far.value);
  expect(near.independentDistance).toBeLessThan(far.independentDistance as number);
  expect(near).not.toHaveProperty("classAccuracy");
});
