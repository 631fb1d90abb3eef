/** Some OpenMoji (CC BY-SA 4.0) in three classes: pictures that the base never saw. */
import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeFolder } from "../../training/cli/files.ts";
import { installLab, labPath } from "./base-packs.ts";
import { toPng } from "./draw.ts";

/** The classes, by the beginnings of OpenMoji's groups. */
const CLASSES = {
  animal: "animals-nature/animal-",
  face: "smileys-emotion/face-",
  food: "food-drink/food-",
} as const;

interface Emoji {
  readonly hexcode: string;
  readonly group: string;
  readonly subgroups: string;
}

/** `count` of each class, evenly among all, over white, as PNG files of `size` pixels each way. */
export async function drawOpenMoji(out: string, count: number, size: number): Promise<void> {
  installLab();
  const all = JSON.parse(readFileSync(labPath("openmoji/data/openmoji.json"), "utf8")) as Emoji[];
  for (const [label, start] of Object.entries(CLASSES)) {
    makeFolder(join(out, label));
    const matching = all.filter(({ group, subgroups }) => `${group}/${subgroups}`.startsWith(start));
    for (let k = 0; k < count; k++) {
      const { hexcode } = matching[Math.floor((k * matching.length) / count)];
      const png = await toPng(readFileSync(labPath(`openmoji/color/svg/${hexcode}.svg`), "utf8"), size);
      await writeFile(join(out, label, `${hexcode}.png`), png);
    }
  }
}
