/** `npm run tool -- faces`: the tutorial's data. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decode } from "fast-png";
import { afterAll, expect, it } from "vitest";
import { loadDataset } from "../../training/data/load.ts";
import { type Finished, finished, startProgram } from "../support/command-line.ts";

const folder = mkdtempSync(join(tmpdir(), "anneal-faces-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const faces = (...flags: string[]): Promise<Finished> => finished(startProgram("test/tools/run.ts", ["faces", ...flags]));

it("writes a folder of classes, the same each time, and touches no other folder", async () => {
  const [out, again] = [join(folder, "faces"), join(folder, "again")];
  for (const place of [out, again]) expect(await faces("--out", place, "--count", "4")).toMatchObject({ code: 0, stderr: "" });
  const files = readdirSync(out, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".png"));
  expect(files).toHaveLength(20);
  for (const name of files) {
    const png = readFileSync(join(out, name));
    expect(decode(png)).toMatchObject({ width: 16, height: 16, channels: 3 });
    expect(png.equals(readFileSync(join(again, name))), name).toBe(true);
  }
  const { labels, channels, train, test } = await loadDataset(out, {
    pictures: { width: 16, height: 16, crop: "center" },
    cache: join(folder, "cache"),
  });
  expect([labels, channels]).toEqual([["beard", "glasses", "hat", "long-hair", "short-hair"], 3]);
  expect(new Set([train, test].map((split) => split.count))).toEqual(new Set([15, 5]));

  const { code, stderr } = await faces("--out", out);
  expect(stderr).toBe(`Expected a new or empty folder for \`out\` but received "${out}", which holds other files\n`);
  expect(code).toBe(2);
});
