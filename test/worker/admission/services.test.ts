/** Several services in one process: each has a state of its own. */
import { expect, it } from "vitest";
import { countingApp } from "../counting.ts";

it("do not give each other's images", async () => {
  const services = [await countingApp(), await countingApp()];
  const timings: (string | null)[] = [];
  for (const { ask } of [...services, ...services]) timings.push((await ask("/sample?seed=own&steps=1")).headers.get("Server-Timing"));
  expect(timings.map((timing) => timing?.split(",")[0])).toEqual(
    ["none", "none", "isolate", "isolate"].map((where) => `cache;desc="${where}"`),
  );
});
