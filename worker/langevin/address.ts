/** A scene and its values as the query of an address, `?scene=modes&weight=0.2`, and back. Defaults are left out. */
import {
  type Control,
  type Controls,
  defaults,
  type FormulaField,
  isInPlane,
  type Point,
  type SceneValues,
  type SeedField,
  type Slider,
  type Value,
} from "./controls.ts";
import { formulaProblem } from "./formula.ts";
import { HALF } from "./target.ts";

/** Words of an address without a value: how the page shows a scene, whichever it is. */
export const FLAGS = { paused: "it waits for Play", present: "large type, no prose", embed: "the scene alone, for other pages" } as const;
export type Flag = keyof typeof FLAGS;

/** What an address asks for. */
export interface SceneRequest {
  readonly scene: string;
  readonly flags: readonly Flag[];
  readonly values: SceneValues;
  /** One sentence for each wrong value, which is replaced by its default. */
  readonly problems: readonly string[];
}

/** `scenes`: their controls by name; the first is the default. */
export function readAddress(query: URLSearchParams, scenes: Readonly<Record<string, Controls>>): SceneRequest {
  const problems: string[] = [];
  const names = Object.keys(scenes);
  const asked = query.get("scene") ?? names[0];
  const scene = Object.hasOwn(scenes, asked) ? asked : names[0];
  if (scene !== asked) problems.push(`There is no scene “${asked}”. The scenes are ${names.join(", ")}.`);
  const controls = scenes[scene];
  const flags: Flag[] = [];
  const values: Record<string, Value> = { ...defaults(controls) };
  for (const name of new Set(query.keys())) {
    const given = query.getAll(name);
    const control = Object.hasOwn(controls, name) ? controls[name] : undefined;
    if (given.length > 1) problems.push(`“${name}” was given ${given.length} times, so it was ignored.`);
    else if (control) {
      const value = readValue(control, given[0]);
      if (value === undefined)
        problems.push(
          control.kind === "formula"
            ? `${formulaProblem(given[0])} So it was ignored.`
            : `${control.label} takes ${domain(control)}, so “${given[0]}” was ignored.`,
        );
      else values[name] = value;
    } else if (Object.hasOwn(FLAGS, name)) {
      if (given[0] === "") flags.push(name as Flag);
      else problems.push(`“${name}” takes no value, so it was ignored.`);
    } else if (name !== "scene") {
      problems.push(`Unknown setting “${name}” was ignored. This scene knows: ${Object.keys(controls).join(", ")}.`);
    }
  }
  return { scene, flags, values, problems };
}

/** The query with its question mark; empty for the default scene in its default state. */
export function writeAddress(
  { scene, values, flags = [] }: { readonly scene: string; readonly values: SceneValues; readonly flags?: readonly Flag[] },
  scenes: Readonly<Record<string, Controls>>,
): string {
  const query = new URLSearchParams();
  if (scene !== Object.keys(scenes)[0]) query.set("scene", scene);
  for (const [name, control] of Object.entries(scenes[scene])) {
    const text = writeValue(values[name]);
    if (text !== writeValue(control.default)) query.set(name, text);
  }
  for (const flag of flags) query.set(flag, "");
  return query.size > 0 ? `?${query.toString().replaceAll(/=(?=&|$)/g, "")}` : "";
}

/** Points as `x,y;x,y`. */
const writeValue = (value: Value): string => (typeof value === "object" ? value.map((point) => point.join(",")).join(";") : String(value));

const NUMBER = /^-?\d+(\.\d+)?$/;

/** Parses a value of this control; undefined if the text is none. */
function readValue(control: Control, text: string): Value | undefined {
  if (control.kind === "choice") return Object.hasOwn(control.options, text) ? text : undefined;
  if (control.kind === "drawing") return readPoints(text, control.most);
  if (control.kind === "formula") return formulaProblem(text) === undefined ? text : undefined;
  const value = Number(text);
  const { min, max, isWhole } = bounds(control);
  const fits = NUMBER.test(text) && value >= min && value <= max && (!isWhole || Number.isInteger(value));
  return fits ? value : undefined;
}

function readPoints(text: string, most: number): readonly Point[] | undefined {
  const points = text === "" ? [] : text.split(";").map((pair) => pair.split(","));
  const fit = points.every((pair) => pair.length === 2 && pair.every((number) => NUMBER.test(number) && isInPlane(Number(number))));
  return fit && points.length <= most ? points.map(([x, y]) => [Number(x), Number(y)] as const) : undefined;
}

const bounds = (control: Slider | SeedField) =>
  control.kind === "seed" ? { min: 1, max: control.most, isWhole: true } : { ...control, isWhole: control.scale === "whole" };

function domain(control: Exclude<Control, FormulaField>): string {
  if (control.kind === "choice") return `one of ${Object.keys(control.options).join(", ")}`;
  if (control.kind === "drawing") return `at most ${control.most} points as in “1,2;0.5,-1”, with coordinates from -${HALF} to ${HALF}`;
  const { min, max, isWhole } = bounds(control);
  return `${isWhole ? "a whole number" : "a number"} from ${min} to ${max}`;
}
