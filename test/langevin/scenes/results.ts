/** The numbers of a scene, as its tables show them. */

import { defaults, type Values } from "../../../worker/langevin/fields.ts";
import { fieldsOf, type Scene, type Simulation, started } from "../../../worker/langevin/scene.ts";

export const start = (scene: Scene, values: Values = {}): Simulation => started(scene, { ...defaults(fieldsOf(scene)), ...values });

/** Until it is done, or for that many steps. */
export function run(simulation: Simulation, steps = Infinity): Simulation {
  for (let i = 0; i < steps && !simulation.done; i++) simulation.step();
  return simulation;
}

/** A row's numbers, one for each plane. */
export function row(simulation: Simulation, label: string): readonly number[] {
  const found = simulation.rows().find((row) => row.label.startsWith(label));
  if (!found) throw new Error(`Expected a row ${label}`);
  return found.values.map(Number);
}

/**
 * How far the particles of each plane are from the target distribution, in units of the mean distance of as many exact
 * draws.
 */
export function ratios(simulation: Simulation): number[] {
  const exact = row(simulation, "Typical of");
  return row(simulation, "Distance to").map((distance, i) => distance / exact[i]);
}
