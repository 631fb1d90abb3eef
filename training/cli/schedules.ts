/** Files of schedules (wasm-model/sampling/settings.ts): a JSON list, as `npx anneal tune --nfe` writes it. */
import { SCHEDULES, type Schedule } from "../../wasm-model/sampling/settings.ts";
import { parseJson, readJson } from "./parse-json.ts";

/** The schedules in the file that was given for `option`, checked as those of a card. Throws a UserError. */
export function readSchedules(path: string, option: string): readonly Schedule[] {
  return parseJson(SCHEDULES, readJson(path, `a JSON file of schedules for \`${option}\``), path);
}
