/** The file of kept hashes, and the model that they belong to. */
import { readFile } from "node:fs/promises";
import { MODEL_FILE, TEACHER_FILE } from "../../wasm-model/model/pair.ts";
import { type Hashes, type ModelFiles, sha256Hex } from "./draw.ts";

export interface Golden {
  /** SHA-256 of the model's file, and its teacher's behind it, if it has one. */
  readonly model: string;
  /** The RENDER_VERSION that they belong to. */
  readonly renderVersion: number;
  readonly images: Hashes;
}

export const GOLDEN_FILE = new URL("sha256.json", import.meta.url);

const FOLDER = new URL("../../wasm-model/models/fashion-mnist/", import.meta.url);

export async function shippedModel(): Promise<ModelFiles> {
  const teacher = await readFile(new URL(TEACHER_FILE, FOLDER)).catch(() => undefined);
  return { file: new Uint8Array(await readFile(new URL(MODEL_FILE, FOLDER))), teacher: teacher && new Uint8Array(teacher) };
}

export const hashOfModel = ({ file, teacher = new Uint8Array() }: ModelFiles): string => sha256Hex(new Uint8Array([...file, ...teacher]));

export const readGolden = async (): Promise<Golden> => JSON.parse(await readFile(GOLDEN_FILE, "utf8"));
