/** The peer of `npm run bench -- training`; PyTorch itself need not be there. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { NETWORKS, type NetworkSpec } from "../../wasm-model/network/spec.ts";
import { trainedShapes } from "../bench/pytorch.ts";

const BENCHES = join(import.meta.dirname, "../bench");
const spec: NetworkSpec = { height: 12, width: 20, channels: 3, classes: 5, sigmaData: 0.7, ...NETWORKS.m32 };

function python(...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync("python3", args, { encoding: "utf8" });
  expect(status, stderr).toBe(0);
  return stdout;
}

describe("the bench of PyTorch", () => {
  it("imports PyTorch, not a file of that name beside it", () => {
    const find = `import importlib.util, sys; sys.path.insert(0, ${JSON.stringify(BENCHES)}); found = importlib.util.find_spec("torch"); print(found and found.origin)`;
    expect(python("-c", find)).not.toContain(BENCHES);
  });

  it("trains the same parameters", () => {
    expect(JSON.parse(python(join(BENCHES, "pytorch_shapes.py"), JSON.stringify(spec)))).toEqual(trainedShapes(spec));
  });
});
