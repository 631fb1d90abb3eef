/**
 * What chooses never sees what judges: schedules are chosen by the tuning classifier, figures that are
 * published are a judging one's.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { readRecord } from "../../../training/export/record.ts";
import { decodeSafetensors } from "../../../training/learning/safetensors.ts";
import { classifierPath } from "../judges.ts";

it.each([
  ["fashion-mnist", "fashion-mnist", "464bee78d10c5e64e8bcb73b535208931bdc15f15279e35ebeefdb9540bf3985"],
  ["mnist", "mnist", "8b821f506e196e967b51d82b750cdbe99179beab9e1744375a21415ece36204d"],
  ["avatars", "avatars", "a5594e7a5ce390b6f2a24328a1c7dfb0c5f522a6b7a78b7f7da164944f48e73f"],
  ["cifar10", "cifar10-jpeg", "da02807a11900ebc78f9f7cc8d7046c4aebaeeb4115258330ee953c98f59b1ce"],
])("the judge of %s is the one that measured it: another would have to measure all models again", (folder, data, sha256) => {
  const path = classifierPath(data, "judging");
  expect(createHash("sha256").update(readFileSync(path)).digest("hex")).toBe(sha256);
  const { testAccuracy } = decodeSafetensors(readFileSync(path)).metadata;
  const { figures } = readRecord(join(import.meta.dirname, "../../../wasm-model/models", folder));
  const [{ title, commands, notes }] = figures;
  expect(title).toBe("Figures");
  expect(commands[0]).toContain(` --classifier test/lab/judges/judging/${data}.safetensors`);
  expect(notes.join("\n")).toMatch(new RegExp(`^judging: .* of ${data}, .* \\(${(100 * Number(testAccuracy)).toFixed(2)} % accuracy`, "m"));
});
