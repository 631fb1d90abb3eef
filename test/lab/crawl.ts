/**
 * `npm run lab -- crawl`: monsters of Dungeon Crawl (its tiles are CC0, but for some that are not among these), to try training on
 * pixel art as people have it. The packed sheet of Debian 13's package is cut by what is connected.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { newCommand, numberIn, runCommandLine } from "../../training/cli/command-line.ts";
import { expectNewFolder, makeFolder, writeFileAtomically } from "../../training/cli/files.ts";
import { UserError } from "../../training/cli/user-error.ts";
import { evenly } from "../../training/network/draw.ts";
import { encodePng } from "../../wasm-model/render/image/png.ts";

/** Of a tile; a part that is narrower or lower, or of fewer pixels, is no monster. */
const [SIDE, LEAST_SIDE, LEAST_PIXELS] = [32, 17, 250];
const INSTALLED = "/usr/share/crawl/dat/tiles";
/** The rows of each sheet that are cut: below are parts of players, above mutants in all colours. */
const SHEETS = { monsters: { file: "player.png", rows: [640, 1780] }, items: { file: "main.png", rows: [0, 1000] } } as const;

/** The pixels of each connected part, in the order in which the parts begin. */
function partsOf(rgba: Uint8Array, width: number): number[][] {
  const isSeen = new Uint8Array(rgba.length / 4);
  const parts: number[][] = [];
  for (let first = 0; first < isSeen.length; first++) {
    if (isSeen[first] || rgba[4 * first + 3] === 0) continue;
    const part = [first];
    isSeen[first] = 1;
    for (const i of part) {
      for (const [dx, dy] of [
        [-1, 0],
        [1, 0],
        [0, -1],
        [0, 1],
      ]) {
        const [x, next] = [(i % width) + dx, i + dy * width + dx]; // diagonal neighbours may be of the next tile
        if (x < 0 || x >= width || !(rgba[4 * next + 3] > 0) || isSeen[next]) continue;
        isSeen[next] = 1;
        part.push(next);
      }
    }
    parts.push(part);
  }
  return parts;
}

await runCommandLine(async () => {
  const { out, from, kind, count } = newCommand("lab crawl")
    .description("Cuts tiles of Dungeon Crawl (CC0) out of their sheets, PNG files of 32x32 pixels.")
    .requiredOption("--out <folder>", "a new or empty folder")
    .option(
      "--from <folder>",
      "the sheets, if the package crawl-tiles-data is not installed: `apt-get download crawl-tiles-data`, `dpkg -x`",
      INSTALLED,
    )
    .option("--kind <monsters or items>", "which ones: no model has learned from items, which are there to judge", "monsters")
    .option("--count <n>", "how many", numberIn("count", 1, 2000), 200)
    .parse(process.argv)
    .opts<{ out: string; from: string; kind: keyof typeof SHEETS; count: number }>();
  const { file, rows } = SHEETS[kind] ?? SHEETS.monsters;
  if (!existsSync(join(from, file)))
    throw new UserError(`Expected a folder with ${file} of Dungeon Crawl for \`from\` but received "${from}"`);
  expectNewFolder(out);
  makeFolder(out);
  const { data: rgba, info } = await sharp(join(from, file)).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  const width = info.width;
  const tiles = partsOf(rgba, width).flatMap((part) => {
    const [xs, ys] = [part.map((i) => i % width), part.map((i) => Math.floor(i / width))];
    const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    const sides = [right - left + 1, bottom - top + 1];
    const isTile = sides.every((side) => side >= LEAST_SIDE && side <= SIDE) && part.length >= LEAST_PIXELS && top >= rows[0] && bottom < rows[1]; // biome-ignore format: one idea
    if (!isTile) return [];
    const tile = new Uint8Array(4 * SIDE * SIDE);
    const [toLeft, toTop] = [Math.floor((SIDE - sides[0]) / 2), SIDE - sides[1]]; // they stand on the ground
    for (const i of part) tile.set(rgba.subarray(4 * i, 4 * i + 4), 4 * ((Math.floor(i / width) - top + toTop) * SIDE + (i % width) - left + toLeft)); // biome-ignore format: one idea
    return [tile];
  });
  const chosen = evenly(tiles.length, count).map((k) => tiles[k]);
  for (const [i, tile] of chosen.entries())
    writeFileAtomically(join(out, `${i}.png`), encodePng({ width: SIDE, height: SIDE, channels: 4, pixels: tile }));
  console.log(`${chosen.length} of ${tiles.length} ${kind} in ${out}`);
});
