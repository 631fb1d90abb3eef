/** PyTorch, the peer of `npm run bench -- training`, in a virtual environment of its own. */
import { beforeAll, describe, expect, it } from "vitest";
import { ACTIVATION_BOUND, NETWORKS, type NetworkSpec } from "../../wasm-model/network/spec.ts";
import { benchPyTorch, PRECISIONS, TORCH } from "../bench/pytorch.ts";
import { preparePyTorch } from "../setup/machine.ts";

const spec: NetworkSpec = { height: 12, width: 12, channels: 1, classes: 3, sigmaData: 0.7, bound: ACTIVATION_BOUND, ...NETWORKS.m32 };

beforeAll(() => preparePyTorch(TORCH), 1_800_000);

describe("the bench of PyTorch", () => {
  it.each(PRECISIONS)("trains the same network in %s", (precision) => {
    expect(benchPyTorch(spec, 2, 0.01, precision)).toEqual({
      imagesPerSecond: expect.any(Number),
      describe: expect.stringMatching(new RegExp(`^PyTorch \\S+, ${precision}, `)),
    });
  });
});
