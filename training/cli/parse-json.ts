/** Checks JSON files against schemas. */
import * as v from "valibot";
import { describeFault, faultOf } from "../../wasm-model/schema/fields.ts";
import { readRegularFile } from "./files.ts";
import { UserError } from "./user-error.ts";

/** The value with the schema's defaults. Throws a UserError that names the first invalid field. */
export function parseJson<T>(schema: v.GenericSchema<unknown, T>, json: unknown, path: string): T {
  const fault = faultOf(schema, json);
  if (fault) throw new UserError(describeFault(fault, `\`${path}\``));
  return v.parse(schema, json);
}

/** The JSON value in a file. Throws a UserError if the file is missing or not JSON. */
export function readJson(path: string, what = `\`${path}\``): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(readRegularFile(path)));
  } catch (error) {
    throw new UserError(`${what} cannot be read: ${(error as Error).message}`);
  }
}
