/** `npx anneal train` as its user meets it. */
import { spawn } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join, resolve } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { chooseBackend } from "../../training/backend/index.ts";
import { forTraining } from "../../training/data/dataset.ts";
import { loadDataset } from "../../training/data/load.ts";
import { readSource } from "../../training/export/source.ts";
import { ENLARGER } from "../../training/finishing/enlarger.ts";
import { learnedWeights, stateFrom } from "../../training/finishing/finisher.ts";
import { MOST_IMAGES } from "../../training/learning/defaults.ts";
import { describeVerdict, drawnFindings } from "../../training/measure/verdict.ts";
import { effectiveParameters } from "../../training/network/parameters.ts";
import { DEFAULT_SEED, type RunConfig } from "../../training/plan/config.ts";
import { readConclusion } from "../../training/run/end.ts";
import { readFinishedRun } from "../../training/run/folder.ts";
import { simd } from "../../wasm-model/engine/simd.ts";
import { loadModel } from "../../wasm-model/index.ts";
import { writeModel } from "../../wasm-model/model/onnx/writer.ts";
import { finished, refused, run, start, succeeded, words } from "../support/command-line.ts";
import { temporaryFolder, writeFolder } from "../support/files.ts";
import { withFinishers } from "../support/random-finisher.ts";
import { labelled, randomModel, SMALL as SMALL_NETWORK, TINY } from "../support/random-model.ts";
import { firstSave, readLog } from "../support/resume.ts";
import { writeTinyDataset } from "../support/tiny-dataset.ts";

const folder = temporaryFolder("train");
const data = join(folder, "data");

const SMALL = ["--size", "8", "--network", "s32", "--batch", "16", "--backend", "wasm"];
/** A run of tiny images that begins from `model`. */
const fromModel = (model: string, out: string, { images = 16, pictures = data } = {}): string[] =>
  words`--data ${pictures} --size 8 --out ${out} --from ${model} --images ${String(images)} --batch 16 --backend wasm`;

/** The configuration that `--dry-run` prints. */
const configIn = (stdout: string): RunConfig => JSON.parse(stdout.slice(stdout.indexOf("{\n"), stdout.indexOf("\n}") + 2));

const spec = { ...TINY, classes: 4 };
const model = join(folder, "model-fp32.onnx");
const trained = join(folder, "run");
let printed: string;
beforeAll(async () => {
  writeTinyDataset(data);
  writeFileSync(model, writeModel(labelled(randomModel(spec, 5, "fp32"), ["0", "1", "2", "3"])));
  printed = (await succeeded(run("train", fromModel(model, trained, { images: 640 })))).stdout;
});

describe("a run", () => {
  it("learns", () => {
    const losses = readLog(trained).flatMap((entry) => ("heldOut" in entry ? [entry.heldOut.find(({ sigma }) => sigma === 1)!.loss] : []));
    expect(losses.at(-1)!).toBeLessThan(losses[0] / 2);
  });

  it("plans the most that it sees, and counts to there", () => {
    expect(printed).toContain("plan: at most 640 images in 40 steps of 16, reports: ");
    expect(printed).toContain("training: 640/640, ");
  });

  it("leaves configuration, log, checkpoint and images, and no temporary file", () => {
    expect(readdirSync(trained).toSorted()).toEqual([
      "checkpoint.best.safetensors",
      "checkpoint.previous.safetensors",
      "checkpoint.safetensors",
      "conclusion.json",
      "config.json",
      "log.jsonl",
      "loss.svg",
      "neighbours.png",
      "pretrained.safetensors",
      "progress.html",
      "sheet.png",
    ]);
    expect(JSON.parse(readFileSync(join(trained, "config.json"), "utf8"))).toMatchObject({
      ...{ name: "data", steps: 40, labels: ["0", "1", "2", "3"], spec },
    });
    expect(readFileSync(join(trained, "loss.svg"), "utf8")).toMatch(/^<svg[\s\S]*held out/);
  });

  it("says what the images of the exported model are like, and names a command that trains it longer", async () => {
    const out = join(folder, "models", "data");
    await succeeded(run("export", words`${trained} --out ${out} --backend wasm`));
    const { tf } = await chooseBackend("wasm");
    const drawing = await loadModel(readFileSync(join(out, "model.onnx")), { runtime: simd });
    const dataset = forTraining(await loadDataset(data, { width: 8, height: 8 }));
    const found = await drawnFindings(tf, drawing, dataset, DEFAULT_SEED);
    const [verdict] = readConclusion(trained)!.sentences;
    expect(verdict).toBe(describeVerdict({ ...found, fell: undefined }));
    const [, command] = /^to train it longer, then: npx anneal train (.*)$/m.exec(printed) ?? [];
    const { stdout } = await succeeded(run("train", [...command.replace("models/data", out).split(" "), "--dry-run"]));
    expect(configIn(stdout)).toMatchObject({ images: 1280, source: { name: "data", images: 640 } });
  });

  it("leads evaluate to its images, which says whether they are still those", async () => {
    const cwd = writeFolder(join(folder, "evaluated"), { "runs/data/config.json": readFileSync(join(trained, "config.json")) });
    const [anneal, exported] = [resolve("training/anneal.ts"), join(folder, "models", "data")];
    const evaluate = () => finished(spawn(process.execPath, [anneal, ...words`evaluate ${exported} --count 2 --backend wasm`], { cwd }));
    expect((await succeeded(evaluate())).stdout).toMatch(new RegExp(`^images: ${data}$`, "m"));
    const added = join(data, "train", "0", "added.png");
    copyFileSync(join(data, "test", "0", "000000.png"), added);
    expect((await succeeded(evaluate())).stdout).toContain(`images: ${data}, changed since the model learned from them, or others`);
    rmSync(added);
  });

  it("chooses its weights by one set, and measures the folder `test` once, at its end", () => {
    const losses = readLog(trained).flatMap((entry) => ("heldOut" in entry ? [entry] : []));
    expect(losses).toHaveLength(8);
    const { over, heldOut } = readConclusion(trained)!;
    expect(over).toBe("50 test images, which chose nothing");
    expect(losses.map((entry) => entry.heldOut)).not.toContainEqual(heldOut);
  });
});

it("a run that another process trains cannot be resumed, but is described by --dry-run", async () => {
  const lock = join(trained, "lock");
  const resume = words`--data ${data} --out ${trained} --resume --backend wasm`;
  writeFileSync(lock, JSON.stringify({ pid: process.pid, host: hostname() }));
  expect(await refused(run("train", resume))).toMatch(/^The run in `.*run` is being trained by process \d+ on .*: stop it first, .*\n$/);
  const { stdout } = await succeeded(run("train", [...resume, "--dry-run"]));
  expect(stdout).toContain("180 training, 20 validation and 50 test images");
  expect(stdout).toContain(`contact sheet: ${trained}-data.png\n`);
  rmSync(lock);
});

describe("a run from the base, in training", () => {
  const [own, out] = [join(folder, "own-data"), join(folder, "interrupted")];

  it("says nothing of the base's classes, is saved by Ctrl-C, says how to continue, and cannot be exported", async () => {
    writeTinyDataset(own);
    const child = start("train", words`--data ${own} --out ${out} --size 8 --images 100000 --batch 16 --checkpoint-every 1 --backend wasm`);
    const end = finished(child);
    await firstSave(out);
    expect(existsSync(join(out, "lock"))).toBe(true);
    child.kill("SIGINT");
    const { code, stdout } = await end;
    expect(code).toBe(130);
    expect(stdout).toContain("s32x3 from base");
    expect(stdout).not.toContain("classes that");
    expect(stdout).toMatch(/stopped at step [1-9]\d* of 6250; continue with: npx anneal train --out .*interrupted --resume\n/);
    expect(existsSync(join(out, "lock"))).toBe(false);
    expect(await refused(run("export", [out, "--out", join(folder, "exported")]))).toMatch(
      /^The run in `.*` is not finished, but at step [1-9]\d* of 6250: finish it with `npx anneal train --out .*interrupted --resume`\n$/,
    );
    expect(existsSync(join(folder, "exported"))).toBe(false);
  });

  it("cannot be resumed with other images", async () => {
    expect(await refused(run("train", words`--data ${data} --out ${out} --resume`))).toBe(
      "--data cannot be changed by --resume: the run keeps its own\n",
    );
    const images = join(own, "train", "0");
    copyFileSync(join(images, "000004.png"), join(images, "000000.png"));
    expect(await refused(run("train", words`--data ${own} --out ${out} --resume --backend wasm`))).toMatch(
      /^The run in `.*interrupted` cannot continue: the images in `.*own-data` are not those that it began with \(SHA-256 \w{64}, then \w{64}\)\n$/,
    );
  });
});

it("a run of a single picture says nothing of held-out ones, which there are none of", async () => {
  const [one, out] = [join(folder, "one"), join(folder, "of-one")];
  mkdirSync(one);
  copyFileSync(join(data, "test", "0", "000000.png"), join(one, "1.png"));
  const { stdout } = await succeeded(run("train", [...fromModel(model, out, { pictures: one }), "--crop", "cover"]));
  expect(stdout).toContain("\nloss of the best averaged weights, over 1 training image:\n");
  expect(stdout).toContain("\nFrom 1 image it recombines rather than invents: ");
  expect(stdout).not.toMatch(/held-out image|never saw/);
});

describe("--from", () => {
  it("starts from the model's weights, counts its images, and keeps its enlarger where the pictures are too small to learn one", async () => {
    const [start, out] = [join(folder, "own-enlarger.onnx"), join(folder, "from")];
    const given = withFinishers(labelled(randomModel(spec, 5, "fp32"), ["0", "1", "2", "3"]), 6, "enlarger");
    writeFileSync(start, writeModel(given));
    await succeeded(run("train", [...fromModel(start, out), "--learning-rate", "1e-6"]));
    const { config, state } = readFinishedRun(out);
    expect(config).toMatchObject({ network: "tiny", spec, source: { name: "random", images: 0 }, images: 16 });
    const received = effectiveParameters(spec, state.average);
    for (const [path, values] of given.weights.floats) {
      // One step of Adam at a learning rate of 1e-6, and float32 roundings of the scaling to unit norm.
      values.forEach((value, i) => {
        expect(Math.abs(received.get(path)![i] - value), path).toBeLessThan(1e-5);
      });
    }
    expect(config.enlarger).toBeUndefined();
    expect(readSource(out).enlarger).toEqual(learnedWeights(ENLARGER, stateFrom(ENLARGER, given.enlarger!)));
    expect(readSource(trained).enlarger).toBeUndefined();
  });

  it("takes the folder of a model, of other classes and of another size, and says which are new, and without a folder `test` what chose the weights", async () => {
    const [other, out] = [join(folder, "other-start"), join(folder, "other-model")];
    const given = labelled(randomModel({ ...SMALL_NETWORK, classes: 3 }, 5, "fp32"), ["3", "2", "dog"]);
    writeFolder(other, { "model-fp32.onnx": writeModel(given), "model.onnx": "not read" });
    const { stdout } = await succeeded(run("train", fromModel(other, out, { images: 128, pictures: join(data, "train") })));
    expect(stdout).toContain("knows: 2, 3; new ones: 0, 1\n");
    const { labels, spec } = readFinishedRun(out).config;
    expect(labels).toEqual(["0", "1", "2", "3"]);
    expect(spec).toMatchObject({ height: 8, width: 8, widths: SMALL_NETWORK.widths });
    expect(stdout).toContain(
      "held-out loss of the best averaged weights, over 20 held-out images, by which the run also chooses its weights and its end:\n",
    );
    const losses = readLog(out).flatMap((entry) => ("heldOut" in entry ? [entry.heldOut] : []));
    expect(losses).toHaveLength(8);
    const { heldOut } = readConclusion(out)!;
    expect(losses).toContainEqual(heldOut.map(({ sigma, loss }) => ({ sigma, loss: expect.closeTo(loss, 5) })));
  });

  it("refuses another network", async () => {
    const flags = ["--data", data, "--out", join(folder, "unfit"), "--from", model, "--network", "m32"];
    expect(await refused(run("train", flags))).toBe(
      "A run from a model keeps its network, here tiny: `--network m32` works with `--from none` only\n",
    );
  });
});

it("--dry-run prints the backend first, then configuration, cost, statistics and the expected end, and writes nothing", async () => {
  const out = join(folder, "dry");
  const { code, stdout } = await run("train", ["--data", data, "--size", "8", "--out", out, "--dry-run", "--backend", "wasm"]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^backend: WASM, about 3 TIMES SLOWER than native \(--backend wasm\)\n/);
  expect(stdout).toMatch(/"network": "s32x3"/);
  expect(stdout).toMatch(/"recipe": \{\n +"logSigma": \{\n +"mean": -0.4,/);
  expect(stdout).toMatch(/^network: 8x8 pixels, \d+\.\d MMAC per evaluation, \d\.\d+ M parameters$/m);
  expect(stdout).toContain(`data: ${data}, 180 training, `);
  expect(stdout).toMatch(/180 training, 20 validation and 50 test images, mean -?0\.\d+, std 0\.\d+/);
  const { images, steps, batch, sampling } = configIn(stdout);
  expect(stdout).toContain(`plan: at most ${images} images in ${steps} steps of 32, reports: `);
  expect([images, steps, batch, sampling.steps]).toEqual([50 * 180, Math.ceil(images / 32), 32, 7]);
  expect(sampling.start).toEqual({ sigmaMax: 8, squares: 4, spread: 1, extrapolation: 1 }); // not its thousand numbers
  expect(stdout).toMatch(/^cost: \d+\.\d T multiply-accumulates on s32x3 \(\d\.\d M per evaluation\)$/m);
  expect(stdout).toMatch(/^expected end: in .+, .+ 20\d\d, \d\d:\d\d, at the speed that this machine has now with the wasm backend$/m);
  expect(existsSync(out)).toBe(false);
});

it("learns for five minutes at most by default, and says what it leaves", async () => {
  const flags = words`--data ${data} --size 32 --from none --batch 4 --out ${join(folder, "long")} --dry-run --backend wasm`;
  const { stdout } = await succeeded(run("train", flags));
  const { images, command } = configIn(stdout);
  expect(command).toMatch(new RegExp(` --images ${images}$`));
  expect(images).toBeLessThan(MOST_IMAGES); // 500 a second
  expect(Number(images.toPrecision(2))).toBe(images);
  expect(stdout).toContain(`five minutes here are ${images} images; with --images ${MOST_IMAGES} it learns longer, and better`);
});

describe("a user's mistake gets one line and exit code 2", () => {
  const cases: [string, string[], RegExp][] = [
    ["no data", [], /^`train` needs --data, a folder of images$/m],
    ["resume of nothing", ["--resume"], /^`.*` is not the folder of a run: it has no config.json$/m],
    [
      "from no model",
      ["--data", "DATA", "--from", "package.json"],
      /Expected a model \(.onnx\) or weights \(.safetensors\) for `from` but received "package.json"/,
    ],
  ];
  it.each(cases)("%s", async (_, flags, message) => {
    const out = join(folder, "mistake");
    const { code, stdout, stderr } = await run("train", ["--out", out, ...flags.map((flag) => (flag === "DATA" ? data : flag))]);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(stdout).toBe("");
    expect(existsSync(out)).toBe(false);
  });

  it("a folder of other files", async () => {
    const out = join(folder, "other");
    mkdirSync(out);
    writeFileSync(join(out, "thesis.txt"), "precious");
    expect(await refused(run("train", ["--data", data, "--out", out, "--images", "16", ...SMALL]))).toMatch(
      /^`.*other` cannot become a new folder: it holds other files\n$/,
    );
    expect(readdirSync(out)).toEqual(["thesis.txt"]);
  });

  it("a full disk: nothing half-written", async () => {
    const out = join(folder, "full");
    // The shell's limit on the size of files stands for the disk.
    const command = `trap '' XFSZ; ulimit -f 16; exec "$0" training/anneal.ts train "$@"`;
    const flags = ["--data", data, "--out", out, "--images", "160", ...SMALL];
    const stderr = await refused(finished(spawn("bash", ["-c", command, process.execPath, ...flags])));
    expect(stderr).toMatch(/^`.*full.*` cannot be written: EFBIG/m);
    expect(readdirSync(folder).filter((name) => name.includes("full"))).toEqual([]);
  });
});
