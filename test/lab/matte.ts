/** `npm run lab -- matte`: trains the matte that a run's own one starts from, on icons and emoji on any ground. */
import sharp from "sharp";
import { runCommandLine } from "../../training/cli/command-line.ts";
import { MATTE } from "../../training/finishing/matte.ts";
import type { Colour } from "../../wasm-model/request/colours.ts";
import { allIcons, installLab } from "./base-packs.ts";
import { Dice } from "./dice.ts";
import { drawEach } from "./draw.ts";
import { SIDE, trainFinisher } from "./finisher.ts";

/** Icons, chosen evenly from all packs. */
const COUNT = 4000;
const SETTINGS = { batch: 32, denoised: 12, steps: 1500, learningRate: 0.02, decayShare: 0.6 };

/** Half of the grounds are white, a tenth black; the others have any colour. */
function groundOf(dice: Dice): Colour {
  const kind = dice.number();
  if (kind < 0.5) return [255, 255, 255];
  return kind < 0.6 ? [0, 0, 0] : [dice.integer(0, 255), dice.integer(0, 255), dice.integer(0, 255)];
}

/** Each on its ground, in a frame of its own; a third have hard edges. */
async function material() {
  installLab();
  const all = allIcons();
  const icons = Array.from({ length: COUNT }, (_, i) => all[Math.floor((i * all.length) / COUNT)]);
  const images = new Uint8Array(COUNT * SIDE * SIDE * 3);
  const alpha = new Uint8Array(COUNT * SIDE * SIDE);
  const grounds: Colour[] = [];
  await drawEach(icons, async ({ pack, name, body, box }, i) => {
    const dice = new Dice(`matte/${pack}/${name}`);
    const ground = groundOf(dice);
    const [scale, hard] = [dice.number(0.6, 1.05), dice.chance(1 / 3)];
    const [x, y] = [0, 0].map(() => 50 * (1 - scale) + dice.number(-8, 8));
    const inside = `<g transform="translate(${x} ${y}) scale(${scale})"><svg width="100" height="100" viewBox="${box}" color="${dice.colour()}">${body}</svg></g>`;
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 100 100" width="${SIDE}" height="${SIDE}">${inside}</svg>`;
    const drawn = await sharp(Buffer.from(svg)).ensureAlpha().toColourspace("srgb").raw().toBuffer();
    for (let k = 0; k < SIDE * SIDE; k++) {
      const a = hard ? (drawn[4 * k + 3] < 128 ? 0 : 255) : drawn[4 * k + 3];
      alpha[i * SIDE * SIDE + k] = a;
      for (let c = 0; c < 3; c++) images[3 * (i * SIDE * SIDE + k) + c] = Math.round((a * drawn[4 * k + c] + (255 - a) * ground[c]) / 255);
    }
    grounds[i] = ground;
  });
  return { pictures: { images, alpha, grounds }, images };
}

await runCommandLine(() => trainFinisher("matte", MATTE, SETTINGS, material));
