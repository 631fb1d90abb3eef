/** Checks JSON files against schemas. */
import * as v from "valibot";
import { SCHEDULES, type Schedule } from "../../wasm-model/sampling/settings.ts";
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

/** The schedules in the file that was given for `option`, checked like a card's. Throws a UserError. */
export function readSchedules(path: string, option: string): readonly Schedule[] {
  return parseJson(SCHEDULES, readJson(path, `The file of \`--${option}\``), path);
}
