/** The peer of `npm run bench -- training`. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ACTIVATION_BOUND, NETWORKS, type NetworkSpec } from "../../wasm-model/network/spec.ts";
import { benchPyTorch, hasPyTorch, PRECISIONS } from "../bench/pytorch.ts";

const BENCHES = join(import.meta.dirname, "../bench");
const spec: NetworkSpec = { height: 12, width: 12, channels: 1, classes: 3, sigmaData: 0.7, bound: ACTIVATION_BOUND, ...NETWORKS.m32 };

describe("the bench of PyTorch", () => {
  it("imports PyTorch, not a file of that name beside it", () => {
    const find = `import importlib.util, sys; sys.path.insert(0, ${JSON.stringify(BENCHES)}); found = importlib.util.find_spec("torch"); print(found and found.origin)`;
    const { status, stdout } = spawnSync("python3", ["-c", find], { encoding: "utf8" });
    expect(status).toBe(0);
    expect(stdout).not.toContain(BENCHES);
  });

  it.each(PRECISIONS)("trains the same network in %s", (precision) => {
    if (!hasPyTorch())
      return expect(() => benchPyTorch(spec, 2, 0.01, precision)).toThrow('`python3 -c "import torch"` does not work here');
    expect(benchPyTorch(spec, 2, 0.01, precision)).toEqual({
      imagesPerSecond: expect.any(Number),
      describe: expect.stringMatching(new RegExp(`^PyTorch \\S+, ${precision}, `)),
    });
  });
});
