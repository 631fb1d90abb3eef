/** All scenes, in the order of the page. The first is the default. */
import type { Scene } from "../scene.ts";
import { matching } from "./matching.ts";
import { modes } from "./modes.ts";
import { potential } from "./potential.ts";
import { samplers } from "./samplers.ts";

export const SCENES: readonly Scene[] = [potential, modes, matching, samplers];

export const sceneNamed = (name: string): Scene | undefined => SCENES.find((scene) => scene.name === name);
