/** The loop of a run, with a learner that only counts: what is on the disk when it ends, is interrupted or diverges. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, expect, it, vi } from "vitest";
import { Interruption } from "../../../training/cli/progress.ts";
import type { StateFormat } from "../../../training/learning/checkpoint.ts";
import type { AtStep, SpeedLine } from "../../../training/learning/log.ts";
import { RunFolder } from "../../../training/run/folder.ts";
import { Divergence, type Learning, runToEnd } from "../../../training/run/loop.ts";

const root = mkdtempSync(join(tmpdir(), "anneal-loop-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
beforeEach(() => {
  vi.spyOn(console, "log").mockImplementation(() => {});
});
afterEach(() => {
  vi.restoreAllMocks();
});

interface Sum extends AtStep {
  readonly sum: number;
}
type Line = SpeedLine | (AtStep & { readonly sum: number });

const FORMAT: StateFormat<Sum> = {
  encode: ({ step, sum }) => ({
    tensors: new Map([["sum", { shape: [], values: Float32Array.of(sum) }]]),
    metadata: { step: String(step) },
  }),
  decode: ({ tensors, metadata }) => ({ step: Number(metadata.step), sum: tensors.get("sum")?.values[0] ?? Number.NaN }),
};

/** Adds up the numbers of its ten steps; a report follows every fourth one. Its loss is not finite at step `bad`. */
class Adding implements Learning<Sum, Line> {
  readonly title = "adding";
  readonly steps = 10;
  readonly batch = 2;
  readonly logEvery = 3;
  readonly format = FORMAT;
  step: number;
  sum: number;
  private readonly bad: number;
  private readonly listen: () => Promise<void>;

  constructor({ step, sum }: Sum, listen: () => Promise<void>, bad = Number.NaN) {
    this.step = step;
    this.sum = sum;
    this.listen = listen;
    this.bad = bad;
  }

  state = (): Sum => ({ step: this.step, sum: this.sum });
  rateOf = (step: number): number => 1 / step;
  lineOf = (speed: SpeedLine): Line => speed;
  isReportStep = (): boolean => this.step % 4 === 0 || this.step === this.steps;
  isOver = (): boolean => this.step >= this.steps;
  isBest = (): boolean => this.step === 8;
  show = async (): Promise<void> => {};
  divergedLayer = (of: string): string => `${of}/layer`;

  async advance(): Promise<number> {
    this.step += 1;
    this.sum += this.step;
    return this.step === this.bad ? Number.NaN : 1;
  }

  async report(): Promise<Line> {
    await this.listen();
    if (this.step === -this.bad) throw new Divergence("Expected less", "average");
    return { step: this.step, sum: this.sum };
  }
}

const runIn = (name: string) => new RunFolder<object, Line>(join(root, name), { name: "sum", parse: (json) => json as object });

/** Goes on with the run in a folder; `listens` are those that it hears before Ctrl-C. */
async function goOn(run: RunFolder<object, Line>, listens = Number.POSITIVE_INFINITY, bad = Number.NaN): Promise<void> {
  let heard = 0;
  const listen = async (): Promise<void> => {
    if (heard++ >= listens) throw new Interruption();
  };
  const state = run.hasState ? run.readState(FORMAT) : { step: 0, sum: 0 };
  await runToEnd(run, new Adding(state, listen, bad), { log: run.readLog(state.step), checkpointEvery: 1e6, listen });
}

const reportsIn = (run: RunFolder<object, Line>) => run.readLog(10).filter((line) => "sum" in line);
const REPORTS = [0, 4, 8, 10].map((step) => ({ step, sum: (step * (step + 1)) / 2 }));

function create(name: string): RunFolder<object, Line> {
  const run = runIn(name);
  run.create({}, () => {});
  return run;
}

it("logs steps and reports to the end", async () => {
  const run = create("whole");
  await goOn(run);
  expect(run.readState(FORMAT)).toEqual({ step: 10, sum: 55 });
  expect(reportsIn(run)).toEqual(REPORTS);
  expect(run.readBest(FORMAT)).toEqual({ step: 8, sum: 36 });
  const speeds = run.readLog(10).filter((line): line is SpeedLine => "imagesPerSecond" in line);
  expect(speeds.map(({ step, learningRate }) => [step, learningRate])).toEqual([3, 6, 9, 10].map((step) => [step, 1 / step]));
});

it("ends the same wherever Ctrl-C interrupts it", async () => {
  for (let listens = 0; listens < 14; listens++) {
    const run = create(`cut after ${listens}`);
    await expect(goOn(run, listens), String(listens)).rejects.toThrow(Interruption);
    await goOn(run);
    expect(run.readState(FORMAT), String(listens)).toEqual({ step: 10, sum: 55 });
    expect(reportsIn(run), String(listens)).toEqual(REPORTS);
  }
});

it("leaves the checkpoint of the last report if it diverges, in a step or a report", async () => {
  for (const [bad, message] of [
    [7, "Expected a finite loss but received NaN at step 7 of 10: training has diverged, at the layer `weights/layer`; start again"],
    [-8, "Expected less at step 8 of 10: training has diverged, at the layer `average/layer`; start again"],
  ] as const) {
    const run = create(`diverged at ${bad}`);
    await expect(goOn(run, Number.POSITIVE_INFINITY, bad)).rejects.toThrow(message);
    expect(run.readState(FORMAT)).toEqual({ step: 4, sum: 10 });
    await goOn(run);
    expect(reportsIn(run)).toEqual(REPORTS);
  }
});
