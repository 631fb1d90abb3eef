/** Files of schedules (wasm-model/sampling/settings.ts): a JSON list, as `npx anneal tune --nfe` writes it. */
import { readFileSync } from "node:fs";
import { SCHEDULES, type Schedule } from "../../wasm-model/sampling/settings.ts";
import { parseJson } from "./parse-json.ts";
import { UserError } from "./user-error.ts";

/** The schedules in the file that was given for `option`, checked as those of a card. Throws a UserError. */
export function readSchedules(path: string, option: string): readonly Schedule[] {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new UserError(`Expected a JSON file of schedules for \`${option}\` but received "${path}": ${(error as Error).message}`);
  }
  return parseJson(SCHEDULES, json, path);
}
