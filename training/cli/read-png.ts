/** Pictures that people hand in. */
import { readFileSync } from "node:fs";
import { decodeUpload, type Pixels } from "../../wasm-model/index.ts";
import type { UploadShape } from "../../wasm-model/render/image/upload.ts";
import { UserError } from "./user-error.ts";

/** The PNG file that was given for `option`, in that shape (render/image/upload.ts). Throws a `UserError` for a missing file or one that is no such PNG. */
export function readPng(path: string, option: string, shape: UploadShape): Pixels {
  try {
    return decodeUpload(readFileSync(path), shape);
  } catch (error) {
    const expected = `a PNG file of ${shape.width}x${shape.height} pixels`;
    throw new UserError(`Expected ${expected} for \`${option}\` but received "${path}": ${(error as Error).message}`);
  }
}
