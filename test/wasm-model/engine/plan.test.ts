import { expect, it } from "vitest";
import { allocate, type FloatMap, planOf } from "../../../wasm-model/engine/plan.ts";
import { recordNetwork } from "../../../wasm-model/network/recorder.ts";
import { SMALL } from "../../support/random-model.ts";

it("plan has one step per convolution and resampling, each with its epilogue", () => {
  const plan = planOf(recordNetwork(SMALL));
  const lines = plan.steps.map(({ producer, addends, values, codes }) =>
    [
      producer.op === "conv" ? producer.path : producer.op,
      ...addends.map(({ weight }) => `+ ${weight.toFixed(3)} map`),
      values ? "values" : "",
      codes ? `${codes.isSilu ? "silu " : ""}codes` : "",
    ]
      .filter(Boolean)
      .join(", "),
  );
  expect(lines).toEqual([
    "in, values, silu codes",
    "enc.0.0.conv0, silu codes",
    "enc.0.0.conv1, + 0.919 map, values",
    "downsample, codes",
    "down, values, silu codes",
    "enc.1.0.conv0, silu codes",
    "enc.1.0.conv1, + 0.919 map, values, silu codes",
    "dec.1.0.conv0, silu codes",
    "dec.1.0.conv1, + 0.650 map, + 0.707 map, values, silu codes", // the residual, and the skip connection
    "dec.1.1.conv0, silu codes",
    "dec.1.1.conv1, + 0.919 map, codes",
    "up, values",
    "upsample, values, silu codes",
    "dec.0.0.conv0, silu codes",
    "dec.0.0.conv1, + 0.650 map, + 0.707 map, values, silu codes",
    "dec.0.1.conv0, silu codes",
    "dec.0.1.conv1, + 0.919 map, codes",
    "out, values",
  ]);
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
