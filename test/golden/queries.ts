/**
 * The images whose bytes are kept, as queries of /sample: 200 seeds with the model's own defaults, and every option at
 * least once.
 */
import type { SampleOptions } from "../../wasm-model/index.ts";

export const QUERIES: readonly string[] = [
  ...Array.from({ length: 200 }, (_, seed) => `seed=${seed}`),
  "seed=s%C3%BC%C3%9F+%F0%9F%8C%B0",
  "seed=7&class=Sneaker",
  "seed=7&class=8&steps=1",
  "seed=7&steps=20",
  "seed=7&extrapolation=1",
  "seed=7&sampler=ald&steps=2",
  "seed=7&churn=0&extrapolation=1&steps=12",
  "seed=7&sampler=kinetic&steps=2",
  "seed=7&sampler=heun",
  "seed=7&temperature=0.5",
  "seed=7&guidance=2",
  "seed=7&size=56",
  "seed=7&size=100",
  "seed=7&to=8&t=0.3",
  "seed=7&n=5&steps=2",
  "seed=7&background=fed&foreground=402060",
  "seed=7&background=transparent&foreground=402060&size=56",
  "seed=7&flip=vertical&size=100",
  "seed=7&radius=30&size=100",
];

export const optionsOf = (query: string): SampleOptions => ({ seed: "", ...Object.fromEntries(new URLSearchParams(query)) });
