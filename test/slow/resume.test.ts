/** Runs that end before their time, and what comes of them when they go on. */
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { readFinishedRun } from "../../training/run/folder.ts";
import { writeModel } from "../../wasm-model/model/onnx/writer.ts";
import { finished, run, start, succeeded, words } from "../support/command-line.ts";
import { temporaryFolder } from "../support/files.ts";
import { labelled, randomModel, TINY } from "../support/random-model.ts";
import { firstSave, readLog } from "../support/resume.ts";
import { writeTinyDataset } from "../support/tiny-dataset.ts";
import { killedAtRandom } from "../verify/kills.ts";

const folder = temporaryFolder("resume");

const COMMON = ["--batch", "16", "--backend", "wasm"];

it("a killed run: continues as if it had never stopped, on wasm", async () => {
  expect((await killedAtRandom("wasm", join(folder, "killed"), 3)).difference).toBeUndefined();
});

describe("a run that ends in its last report", () => {
  const many = join(folder, "many");
  const out = join(folder, "reporting");
  beforeAll(async () => {
    writeTinyDataset(many, 2000); // 500 test images, as many as the report takes: it lasts many seconds
    const child = start("train", ["--data", many, "--out", out, "--images", "16", "--network", "s32", ...COMMON]);
    const end = finished(child);
    await firstSave(out);
    child.kill("SIGINT");
    const { code, stdout } = await end;
    expect(code).toBe(130);
    expect(stdout).toContain("stopped at step 1 of 1; continue with: npx anneal train --out ");
  });

  it("has done its last step but lacks the report, so it does not count as finished", () => {
    expect(readLog(out).map((entry) => "heldOut" in entry)).toEqual([false]);
    expect(() => readFinishedRun(out)).toThrow("at step 1 of 1, without its last held-out losses: finish it with `npx anneal train --out ");
  });

  it("makes the report when it continues", async () => {
    const { stdout } = await succeeded(run("train", ["--out", out, "--resume", "--backend", "wasm"]));
    expect(stdout).toMatch(/^trained in \d+ s on .+ \(\d+ cores\): images in /m);
    expect(readFinishedRun(out).log.map((entry) => "heldOut" in entry)).toEqual([false, true]);
    expect(readdirSync(join(out, "samples"))).toEqual(["000001.png"]);
  });
});

describe("--guidance", () => {
  const spec = { ...TINY, classes: 4 };
  const model = join(folder, "start.onnx");
  const data = join(folder, "data");
  const out = join(folder, "guided");
  beforeAll(() => {
    writeTinyDataset(data);
    writeFileSync(model, writeModel(labelled(randomModel(spec, 5, "fp32"), ["0", "1", "2", "3"])));
  });

  it("continues after Ctrl-C without the file that it started from, and its export tells how the model was made", async () => {
    const child = start("train", [
      ...words`--data ${data} --out ${out} --from ${model} --images 1600 --guidance 3 --checkpoint-every 1`,
      ...COMMON,
    ]);
    const end = finished(child);
    await firstSave(out);
    child.kill("SIGINT");
    expect((await end).code).toBe(130);
    rmSync(model);
    await succeeded(run("train", ["--out", out, "--resume", "--backend", "wasm"]));
    expect(readFinishedRun(out).config).toMatchObject({ from: model, recipe: { guidance: { weight: 3 } } });
    await succeeded(run("export", [out, "--out", join(folder, "exported-guided")]));
    expect(readFileSync(join(folder, "exported-guided", "README.md"), "utf8")).toMatch(
      /^npx anneal train --data data --out guided --from start.onnx --images 1600 --guidance 3 .*$/m,
    );
  });
});
