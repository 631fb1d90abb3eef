/** What a plane shows at a noise level: particles, density and score. */
import type { ParticleDenoiser, ParticleRun } from "./particles.ts";
import type { ArrowField, Plane } from "./scene.ts";

/**
 * A run's particles, above density and score of the noise level that it has reached. `at`: what to show at a level; it is
 * asked again when `version` has changed.
 */
export function levelPlane(run: ParticleRun, at: (sigma: number) => Omit<Plane, "particles">, version = () => 0): () => Plane {
  let shown: ReturnType<typeof at> | undefined;
  let seen = "";
  return () => {
    const now = `${run.sigma} ${version()}`;
    if (!shown || now !== seen) [shown, seen] = [at(run.sigma), now];
    return { ...shown, particles: run.x };
  };
}

/** Arrows of sigma score = (D - x) / sigma = v, drawn v / (1 + |v|) long: all directions remain visible, from near the data to far away. */
export function scoreField(denoise: ParticleDenoiser, sigma: number): ArrowField {
  return (points, out) => {
    denoise(points, sigma, out);
    for (let i = 0; i < out.length; i += 2) {
      const x = (out[i] - points[i]) / sigma;
      const y = (out[i + 1] - points[i + 1]) / sigma;
      const length = 1 + Math.hypot(x, y);
      out[i] = x / length;
      out[i + 1] = y / length;
    }
  };
}
