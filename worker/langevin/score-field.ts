import type { Denoise } from "./particles.ts";
import type { Field } from "./scene.ts";

/** Arrows of sigma score = (D - x) / sigma = v, drawn v / (1 + |v|) long: all directions remain visible, from near the data to far away. */
export function scoreField(denoise: Denoise, sigma: number): Field {
  return (points, out) => {
    denoise(points, sigma, out);
    for (let i = 0; i < out.length; i += 2) {
      const x = (out[i]! - points[i]!) / sigma;
      const y = (out[i + 1]! - points[i + 1]!) / sigma;
      const length = 1 + Math.hypot(x, y);
      out[i] = x / length;
      out[i + 1] = y / length;
    }
  };
}
