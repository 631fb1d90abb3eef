/** An export that is killed between two of its files leaves the earlier export, or a folder that nothing takes for a whole one. */
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { openModel } from "../../../training/cli/model-files.ts";
import { writeFiles } from "../../../training/export/folder.ts";
import { sha256Hex } from "../../../wasm-model/schema/bytes.ts";
import { FolderError, readModel } from "../../../worker/node/folders.ts";
import { temporaryFolder } from "../../support/files.ts";
import { randomModelFile, TINY } from "../../support/random-model.ts";

vi.mock("node:fs", { spy: true });

const root = temporaryFolder("export");
afterEach(() => vi.mocked(renameSync).mockReset());

const text = (content: string): Uint8Array => new TextEncoder().encode(content);

/** The files of an export. */
function exported(seed: number): Map<string, Uint8Array> {
  const model = randomModelFile(TINY, seed, "int8");
  const summary = { psnr: 40, sha256: sha256Hex(model), bytes: {} };
  const record = { commands: [], export: summary, hashes: {}, figures: [], intendedUse: [], limits: [], notes: [] };
  return new Map([
    ["model-fp32.onnx", randomModelFile(TINY, seed, "fp32")],
    ["model.onnx", model],
    ["samples.png", text(`${seed}`)],
    ["record.json", text(JSON.stringify(record))],
    ["README.md", text(`${seed}`)],
  ]);
}

const contents = (folder: string): Map<string, Uint8Array> =>
  new Map(readdirSync(folder).map((name) => [name, Uint8Array.from(readFileSync(join(folder, name)))]));
const sorted = (files: ReadonlyMap<string, Uint8Array>) => [...files].map(([name, bytes]) => [name, sha256Hex(bytes)]).sort();

describe("an export that replaces another", () => {
  const [before, after] = [exported(1), exported(2)];

  it.each([0, 1, 2, 3, 4])("is the earlier one, or refused by its name, where it was killed after %i files", async (done) => {
    const folder = join(root, `killed after ${done}`);
    writeFiles(folder, before, []);
    let renamed = 0;
    vi.mocked(renameSync).mockImplementation((from, to) => {
      if (basename(String(to)).endsWith(".tmp") || String(to).includes(".anneal-")) return copyAndRemove(String(from), String(to));
      if (renamed === done) throw new Error("killed");
      renamed += 1;
      copyAndRemove(String(from), String(to));
    });
    expect(() => writeFiles(folder, after, [])).toThrow("killed");

    if (done === 0) {
      expect(sorted(contents(folder))).toEqual(sorted(before));
      expect((await openModel(folder)).card.name).toBe("random");
      return;
    }
    const why =
      "its record.json is that of another model.onnx \\(SHA-256 .{12}\\.{3}, not .{12}\\.{3}\\): its export was interrupted, so repeat it$";
    const reason = new RegExp(`^Expected a model's file for \`model.onnx\` but received "${folder}.*": ${why}`);
    await expect(openModel(folder)).rejects.toThrow(reason);
    await expect(openModel(join(folder, "model.onnx"))).rejects.toThrow(reason);
    await expect(readModel(folder)).rejects.toThrow(FolderError);
    await expect(readModel(folder)).rejects.toThrow(new RegExp(`^"${folder}" cannot be served: ${why}`));

    vi.mocked(renameSync).mockReset();
    mkdirSync(join(folder, ".anneal-left"));
    writeFiles(folder, after, []);
    expect(sorted(contents(folder))).toEqual(sorted(after));
    await readModel(folder);
  });

  it("is the earlier one where a file cannot be written, as on a full disk", () => {
    const folder = join(root, "full");
    writeFiles(folder, before, []);
    expect(() => writeFiles(folder, new Map([...after, ["no folder/x", text("")]]), [])).toThrow("cannot be written: ");
    expect(sorted(contents(folder))).toEqual(sorted(before));
  });
});

function copyAndRemove(from: string, to: string): void {
  copyFileSync(from, to);
  rmSync(from);
}

it("a model without a record, or with one of an earlier version, is taken as it is", async () => {
  const folder = mkdtempSync(join(root, "own-"));
  writeFileSync(join(folder, "model.onnx"), randomModelFile(TINY, 1, "int8"));
  await readModel(folder);
  writeFileSync(join(folder, "record.json"), "{}");
  await readModel(folder);
});
