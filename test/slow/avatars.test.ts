/** `npm run tool -- avatars`: the data of the model `avatars` and of the tutorial. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decode } from "fast-png";
import { afterAll, expect, it } from "vitest";
import { finished, startProgram } from "../support/command-line.ts";

const folder = mkdtempSync(join(tmpdir(), "anneal-avatars-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("draws different avatars in seven classes, a tenth of them held out, and the same ones again", async () => {
  const [out, again] = [join(folder, "avatars"), join(folder, "again")];
  for (const place of [out, again])
    expect(await finished(startProgram("test/tools/run.ts", ["avatars", "--out", place, "--count", "20"]))).toMatchObject({ code: 0 });
  const files = readdirSync(out, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".png"));
  const pngs = files.map((name) => readFileSync(join(out, name)));
  expect(files).toHaveLength(7 * 22);
  expect(files.filter((name) => name.startsWith("test"))).toHaveLength(7 * 2);
  expect(new Set(pngs.map((png) => png.toString("base64"))).size).toBe(files.length);
  for (const [i, name] of files.entries()) {
    expect(decode(pngs[i]), name).toMatchObject({ width: 32, height: 32, channels: 3 });
    expect(pngs[i].equals(readFileSync(join(again, name))), name).toBe(true);
  }
  for (const split of ["train", "test"])
    expect(readdirSync(join(out, split)).sort()).toEqual(["face", "landscape", "monster", "person", "planet", "plant", "robot"]);

  const { code, stderr } = await finished(startProgram("test/tools/run.ts", ["avatars", "--out", out]));
  expect(stderr).toBe(`Expected a new or empty folder for \`out\` but received "${out}", which holds other files\n`);
  expect(code).toBe(2);
}, 300_000);
