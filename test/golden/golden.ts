/** The file of kept hashes, and the model that they belong to. */
import { readFile } from "node:fs/promises";
import type { Hashes } from "./draw.ts";

export interface Golden {
  /** SHA-256 of the model's file. */
  readonly model: string;
  /** The RENDER_VERSION that they belong to. */
  readonly renderVersion: number;
  readonly images: Hashes;
}

export const GOLDEN_FILE = new URL("sha256.json", import.meta.url);

export const shippedModel = async (): Promise<Uint8Array> =>
  new Uint8Array(await readFile(new URL("../../wasm-model/models/fashion-mnist/model.onnx", import.meta.url)));

export const readGolden = async (): Promise<Golden> => JSON.parse(await readFile(GOLDEN_FILE, "utf8"));
