import { expect, it } from "vitest";
import { allocate, type FloatMap, planOf } from "../../../wasm-model/engine/plan.ts";
import { recordNetwork } from "../../../wasm-model/network/recorder.ts";
import { SMALL } from "../../support/random-model.ts";

it("plan has one step per convolution and resampling, each with its epilogue", () => {
  const { steps } = planOf(recordNetwork(SMALL));
  expect(steps.flatMap(({ producer }) => (producer.op === "conv" ? [] : producer.op))).toEqual(["downsample", "upsample"]);
  // Sums: the residual of each block, and the skip connection of each first block of the decoder. Float maps: what a later sum or a pooling reads.
  expect(steps.map(({ addends }) => addends.length).join("")).toBe("001000102010002010");
  expect(steps.map(({ values }) => Number(values !== undefined)).join("")).toBe("101010101001101001");
});

it("allocate never gives a byte to two maps that live at the same time, and shares memory otherwise", () => {
  const maps = [
    [0, 3, 64],
    [1, 2, 32],
    [3, 5, 32],
    [4, 6, 64],
    [5, 9, 128],
    [7, 8, 64],
  ].map(([from, to, channels]): FloatMap => ({ from, to, size: { height: 1, width: 1, channels } }));
  const { offsets, bytes } = allocate(maps, ({ size }) => size.channels);
  for (const [i, a] of maps.entries()) {
    const start = offsets.get(a) as number;
    expect(start + a.size.channels).toBeLessThanOrEqual(bytes);
    for (const b of maps.slice(i + 1)) {
      if (a.to < b.from || b.to < a.from) continue;
      const other = offsets.get(b) as number;
      expect(start + a.size.channels <= other || other + b.size.channels <= start).toBe(true);
    }
  }
  expect(bytes).toBe(64 + 32 + 128);
});
