/** All scenes, in the order of the page. The first is the default. */
import { type Controls, withCommon } from "../controls.ts";
import type { Scene } from "../scene.ts";
import { correlated } from "./correlated.ts";
import { curve } from "./curve.ts";
import { matching } from "./matching.ts";
import { modes } from "./modes.ts";
import { potential } from "./potential.ts";
import { samplers } from "./samplers.ts";

export const SCENES: readonly Scene[] = [potential, modes, curve, matching, samplers, correlated];

/** Their controls by name. */
export const CONTROLS: Readonly<Record<string, Controls>> = Object.fromEntries(
  SCENES.map(({ name, controls }) => [name, withCommon(controls)]),
);

export const sceneNamed = (name: string): Scene => SCENES.find((scene) => scene.name === name) ?? SCENES[0];
