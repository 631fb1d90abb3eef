/** Runs that end before their time, and what comes of them when they go on. */
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { expect, it } from "vitest";
import { RunFolder } from "../../training/run/folder.ts";
import { writeModel } from "../../wasm-model/model/onnx/writer.ts";
import { finished, refused, run, start, succeeded, words } from "../support/command-line.ts";
import { temporaryFolder } from "../support/files.ts";
import { labelled, randomModel, TINY } from "../support/random-model.ts";
import { firstSave } from "../support/resume.ts";
import { writeTinyDataset } from "../support/tiny-dataset.ts";
import { killedAtRandom } from "../verify/kills.ts";

const folder = temporaryFolder("resume");

const COMMON = ["--batch", "16", "--backend", "wasm"];

/** `npm run verify` kills more runs, and those of the native backend too. */
const isWhole = process.env.VERIFY === "all";

it.each(isWhole ? (["wasm", "native"] as const) : (["wasm"] as const))(
  "a killed run: continues as if it had never stopped, on %s",
  async (backend) => expect(await killedAtRandom(backend, join(folder, backend), isWhole ? 20 : 3)).toBeUndefined(),
  3_600_000,
);

it("--guidance continues after it was stopped without the file that it started from, with its moved images, and its page tells how the model was made", async () => {
  const spec = { ...TINY, classes: 4 };
  const model = join(folder, "start.onnx");
  const data = join(folder, "data");
  const out = join(folder, "guided");
  writeTinyDataset(data);
  writeFileSync(model, writeModel(labelled(randomModel(spec, 5, "fp32"), ["0", "1", "2", "3"])));
  const child = start("train", [
    ...words`--data ${data} --size 8 --out ${out} --from ${model} --images 1600 --guidance 3 --checkpoint-every 1`,
    ...COMMON,
  ]);
  const end = finished(child);
  await firstSave(out);
  child.kill("SIGTERM");
  expect((await end).code).toBe(143);
  rmSync(model);
  const moved = join(folder, "moved");
  renameSync(data, moved);
  expect(await refused(run("train", ["--resume", out]))).toContain(data);
  await succeeded(run("train", ["--resume", out, "--data", moved, "--backend", "wasm"]));
  expect(new RunFolder(out).readConfig()).toMatchObject({ data: moved, from: model, recipe: { guidance: { weight: 3 } } });
  expect(readFileSync(join(out, "README.md"), "utf8")).toMatch(
    /^npx anneal train --data data --size 8 --out guided --from start.onnx --images 1600 --guidance 3 .*$/m,
  );
});

it("Ctrl-C ends a run in its model within a while, and a second one leaves at once with 130", async () => {
  const data = writeTinyDataset(join(folder, "stopped-data"));
  const begin = (out: string) =>
    start("train", [...words`--data ${data} --size 8 --out ${out} --network s32 --images 10000000 --checkpoint-every 1`, ...COMMON]);
  const [one, two] = [join(folder, "once"), join(folder, "twice")];
  const once = begin(one);
  const ended = finished(once);
  await firstSave(one);
  once.kill("SIGINT");
  expect((await ended).code).toBe(0);
  expect(existsSync(join(one, "model.onnx"))).toBe(true);
  const twice = begin(two);
  const left = finished(twice);
  await firstSave(two);
  twice.kill("SIGINT");
  await setTimeout(1500); // sooner it would be the same one, passed on by npm
  twice.kill("SIGINT");
  expect((await left).code).toBe(130);
  expect(readdirSync(two)).toEqual(["run"]);
});

it("two runs that begin at the same time in one new folder: one is refused, and the other one ends in its model", async () => {
  const data = writeTinyDataset(join(folder, "twin-data"));
  const out = join(folder, "twins");
  const flags = [...words`--data ${data} --size 8 --out ${out} --network s32 --images 1600`, ...COMMON];
  const both = await Promise.all([run("train", flags), run("train", flags)]);
  expect(both.map(({ code }) => code).sort()).toEqual([0, 2]);
  expect(both.find(({ code }) => code === 2)!.stderr).toMatch(/is being trained by|which holds a run/);
  expect(existsSync(join(out, "model.onnx"))).toBe(true);
});
