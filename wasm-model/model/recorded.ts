/** An export renames `record.json` first and `model.onnx` last: one killed in between leaves a record of another model. */
import { sha256Hex } from "../schema/bytes.ts";

export const RECORD_FILE = "record.json";

/** Why `record.json` is not that of the model beside it; undefined if it is, or if there is none or one without SHA-256. */
export function faultOfExport(record: string | undefined, model: Uint8Array): string | undefined {
  const expected = record === undefined ? undefined : sha256In(record);
  const received = sha256Hex(model);
  if (expected === undefined || received === expected) return undefined;
  return `its record.json is that of another model.onnx (SHA-256 ${short(expected)}, not ${short(received)}): its export was interrupted, so repeat it`;
}

function sha256In(record: string): string | undefined {
  try {
    const { sha256 } = JSON.parse(record).export;
    return typeof sha256 === "string" ? sha256 : undefined;
  } catch {
    return undefined;
  }
}

const short = (sha256: string): string => `${sha256.slice(0, 12)}...`;
