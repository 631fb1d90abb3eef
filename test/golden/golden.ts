/** The file of kept hashes, and the model that they belong to. */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { readModelFile } from "../../training/cli/model-files.ts";
import type { Hashes } from "./draw.ts";

export interface Golden {
  /** SHA-256 of its file. */
  readonly model: string;
  /** The RENDER_VERSION that they belong to. */
  readonly renderVersion: number;
  readonly images: Hashes;
}

export const GOLDEN_FILE = new URL("sha256.json", import.meta.url);

/** By default the one that the kept hashes belong to. */
export const shippedModel = (name = "fashion-mnist"): Uint8Array<ArrayBuffer> =>
  readModelFile(fileURLToPath(new URL(`../../wasm-model/models/${name}`, import.meta.url)));

export const readGolden = async (): Promise<Golden> => JSON.parse(await readFile(GOLDEN_FILE, "utf8"));
