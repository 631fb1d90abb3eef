/** Runs that end before their time, and what comes of them when they go on. */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { readFinishedRun } from "../../training/run/folder.ts";
import { writeModel } from "../../wasm-model/model/onnx/writer.ts";
import { finished, run, start, succeeded, words } from "../support/command-line.ts";
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

it("--guidance continues after Ctrl-C without the file that it started from, and its export tells how the model was made", async () => {
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
  child.kill("SIGINT");
  expect((await end).code).toBe(130);
  rmSync(model);
  await succeeded(run("train", ["--out", out, "--resume", "--backend", "wasm"]));
  expect(readFinishedRun(out).config).toMatchObject({ from: model, recipe: { guidance: { weight: 3 } } });
  await succeeded(run("export", [out, "--out", join(folder, "exported-guided")]));
  expect(readFileSync(join(folder, "exported-guided", "README.md"), "utf8")).toMatch(
    /^npx anneal train --data data --size 8 --out guided --from start.onnx --images 1600 --guidance 3 .*$/m,
  );
});
