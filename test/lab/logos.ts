/** Logos of vscode-icons (MIT), each unlike all others: pictures that the base never saw, and that teach it little. */
import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeFolder } from "../../training/cli/files.ts";
import { installLab, labPath } from "./base-packs.ts";
import { toPng } from "./draw.ts";

/** `count` of them, evenly among all, over white, as PNG files of `size` pixels each way. */
export async function drawLogos(out: string, count: number, size: number): Promise<void> {
  installLab();
  makeFolder(out);
  const { icons, height } = JSON.parse(readFileSync(labPath("@iconify-json/vscode-icons/icons.json"), "utf8"));
  const names = Object.keys(icons)
    .filter((name) => name.startsWith("file-type") && !name.includes("light"))
    .sort();
  for (let k = 0; k < count; k++) {
    const name = names[Math.floor((k * names.length) / count)];
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${height} ${height}">${icons[name].body}</svg>`;
    await writeFile(join(out, `${name}.png`), await toPng(svg, size));
  }
}
