import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { readme } from "../../../training/export/readme.ts";
import { type RunRecord, recordBeside } from "../../../training/export/run-record.ts";
import { writeModel } from "../../../wasm-model/onnx/writer.ts";
import { randomModel, TINY } from "../../support/random-model.ts";

const root = mkdtempSync(join(tmpdir(), "anneal-record-"));
afterAll(() => rmSync(root, { recursive: true }));

const model = randomModel(TINY, 1, "fp32");
const record: RunRecord = {
  commands: ["npm run train -- --data x --out run", "npm run export -- run --out models/x"],
  section: "## Training\n\n![Loss curve of the run](loss.svg)\n\n| loss | 0.4 |",
  curve: Buffer.from("<svg/>"),
};
const sameRecord = { ...record, commands: [...record.commands, "npm run export -- a --out b"] };

/** The folder of an earlier export of `model`, with a section behind that of the training. */
function earlierExport(name: string): string {
  const folder = join(root, name);
  mkdirSync(folder);
  const facts = { card: model.card, files: new Map(), psnr: 40, maxError: 1e-6, command: ["a", "--out", "b"], record };
  writeFileSync(join(folder, "model-fp32.onnx"), writeModel(model));
  writeFileSync(join(folder, "README.md"), `${readme(facts)}\n## Notes\n\nMine.\n`);
  writeFileSync(join(folder, "loss.svg"), record.curve);
  return folder;
}

it("is found in the first folder that has one, with the command of the earlier export", () => {
  const folder = earlierExport("first");
  const renamed = { ...model, card: { ...model.card, name: "another name", sampling: { ...model.card.sampling, steps: 3 } } };
  expect(recordBeside([join(root, "none"), folder], renamed)).toEqual(sameRecord);
});

it("is that of the same weights from the same training, or none", () => {
  const folder = earlierExport("second");
  expect(recordBeside([folder], randomModel(TINY, 2, "fp32"))).toBeUndefined();
  const { training } = model.card;
  expect(recordBeside([folder], { ...model, card: { ...model.card, training: { ...training, images: 7 } } })).toBeUndefined();
});

it.each(["model-fp32.onnx", "README.md", "loss.svg"])("is none without %s", (file) => {
  const folder = earlierExport(file);
  rmSync(join(folder, file));
  expect(recordBeside([folder], model)).toBeUndefined();
});

it("is none of a card that tells of no run", () => {
  const folder = join(root, "no run");
  cpSync(earlierExport("some run"), folder, { recursive: true });
  writeFileSync(
    join(folder, "README.md"),
    readme({ card: model.card, files: new Map(), psnr: 40, maxError: 1e-6, command: ["a", "--out", "b"] }),
  );
  expect(recordBeside([folder], model)).toBeUndefined();
});
