/** `npm run tool -- emoji`: every subject is on one side of the split, with all of its styles. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decode } from "fast-png";
import { afterAll, expect, it } from "vitest";
import { finished, startProgram } from "../support/command-line.ts";

const folder = mkdtempSync(join(tmpdir(), "anneal-emoji-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("draws emoji in three classes, holds out whole subjects and names the licences", async () => {
  expect(await finished(startProgram("test/tools/run.ts", ["emoji", "--out", folder, "--size", "32"]))).toMatchObject({ code: 0 });
  const files = (split: string): string[] =>
    readdirSync(join(folder, split), { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".png"));
  const subjects = (split: string): Set<string> => new Set(files(split).map((name) => name.split(".")[0]));
  const [train, test] = [files("train"), files("test")];
  expect(train.length).toBeGreaterThan(2500);
  expect(test.length).toBeGreaterThan(150);
  const seen = subjects("train");
  expect([...subjects("test")].filter((subject) => seen.has(subject))).toEqual([]);
  for (const split of ["train", "test"]) expect(readdirSync(join(folder, split)).sort()).toEqual(["animal", "face", "person"]);
  expect(test.filter((name) => name.startsWith("face/")).some((name) => name.includes(".noto-v1."))).toBe(true);
  expect(decode(readFileSync(join(folder, "train", train[0])))).toMatchObject({ width: 32, height: 32, channels: 3 });
  expect(readFileSync(join(folder, "LICENCES.txt"), "utf8").match(/Apache 2\.0|MIT|CC BY 4\.0/g)).toHaveLength(6);
}, 300_000);
