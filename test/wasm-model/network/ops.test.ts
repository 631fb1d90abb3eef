import { expect, it } from "vitest";
import { mpSumNorm, SILU_NORM } from "../../../wasm-model/network/ops.ts";

it("mpSumNorm of t is the magnitude of (1 - t, t)", () => {
  for (const t of [0, 0.2, 0.5, 1]) expect(mpSumNorm(t)).toBeCloseTo(Math.hypot(1 - t, t), 15);
});

it("SILU_NORM is the root mean square of silu(z), z standard normal, to the three digits that Karras et al. print", () => {
  const step = 1e-3;
  let square = 0;
  for (let z = -10; z < 10; z += step) square += (z / (1 + Math.exp(-z))) ** 2 * Math.exp((-z * z) / 2) * (step / Math.sqrt(2 * Math.PI));
  expect(SILU_NORM).toBeCloseTo(Math.sqrt(square), 3);
});
