/** Scenes of the playground without a page. */
import { defaults, type Values } from "../../worker/langevin/fields.ts";
import { fieldsOf, type Scene, type Simulation } from "../../worker/langevin/scene.ts";

/** The scene with these values, else its defaults, started in one go. */
export function start(scene: Scene, values: Values = {}): Simulation {
  const parts = scene.start({ ...defaults(fieldsOf(scene)), ...values });
  for (;;) {
    const { done, value } = parts.next();
    if (done) return value;
  }
}

/** Until it is done, or for that many steps. */
export function run(simulation: Simulation, steps = Infinity): Simulation {
  for (let i = 0; i < steps && !simulation.done(); i++) for (const _ of simulation.step());
  return simulation;
}
