/** A folder of pictures in two classes, and the files that `npx anneal train` makes of it in Node. */
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeModel } from "../../wasm-model/model/onnx/writer.ts";
import type { NetworkSpec } from "../../wasm-model/network/spec.ts";
import { encodePng } from "../../wasm-model/render/image/png.ts";
import { run, succeeded, words } from "./command-line.ts";
import { randomModel, TINY, withFinishers } from "./random-model.ts";

const SIDE = 32;
/** Classes, a folder each; without any all pictures are one class, called like the folder. */
const CLASSES = ["cats", "dogs"];
export const OF_EACH = 8;

const NETWORK: NetworkSpec = { ...TINY, channels: 3, height: SIDE, width: SIDE };

/** A disc or a ring in colours of its own, too many for pixel art. */
function picture(i: number, isRing: boolean): Uint8Array {
  const pixels = new Uint8Array(SIDE * SIDE * 3);
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) {
      const far = Math.hypot(x - 16 - (i % 3), y - 15);
      const isInside = far < 11 && (!isRing || far > 6);
      const colour = isInside ? [(37 * i) % 256, 255 - ((91 * i) % 256), 40 + i] : [200 + x, 220 + y, 250 - i];
      pixels.set(colour, (y * SIDE + x) * 3);
    }
  }
  return pixels;
}

export interface OwnPictures {
  /** The folder of pictures, and the file of a small network with an enlarger of its own to start from. */
  readonly data: string;
  readonly start: string;
}

/** What Node makes files of. Of a run from the base there is no file to start from. */
export interface Source {
  readonly data: string;
  readonly start?: string;
  readonly crop?: "cover" | "contain";
}

export function writeOwnPictures(folder: string, name = "pets", classes: readonly string[] = CLASSES): OwnPictures {
  const data = join(folder, name);
  for (const [label, place] of classes.entries()) {
    mkdirSync(join(data, place), { recursive: true });
    for (let i = 0; i < OF_EACH; i++) {
      const png = encodePng({ width: SIDE, height: SIDE, channels: 3, pixels: picture(OF_EACH * label + i, label === 1) });
      writeFileSync(join(data, place, `${i}.png`), png);
    }
  }
  const start = join(folder, "start.onnx");
  writeFileSync(start, writeModel(withFinishers(randomModel(NETWORK, 3, "fp32"), 4, "enlarger")));
  return { data, start };
}

/** What the command line makes of these pictures. */
export async function filesOfNode({ data, start, crop = "cover" }: Source, images: number): Promise<Record<string, Uint8Array>> {
  const out = join(mkdtempSync(join(data, "../of-node-")), "run");
  const from = start === undefined ? [] : ["--from", start];
  const flags = words`--data ${data} --out ${out} --crop ${crop} --images ${String(images)} --backend wasm`;
  await succeeded(run("train", [...flags, ...from]));
  return Object.fromEntries(["model.onnx", "model-fp32.onnx"].map((name) => [name, readFileSync(join(out, name))]));
}
