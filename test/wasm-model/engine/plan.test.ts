import { expect, it } from "vitest";
import { planOf } from "../../../wasm-model/engine/plan.ts";
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
