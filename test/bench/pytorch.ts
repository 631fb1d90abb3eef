/** Training steps in PyTorch, as the peer of `npm run bench -- training`. */
import { spawnSync } from "node:child_process";
import { join, resolve } from "node:path";
import { UserError } from "../../training/cli/user-error.ts";
import { parametersOf } from "../../wasm-model/network/count.ts";
import type { NetworkSpec } from "../../wasm-model/network/spec.ts";

const SCRIPT = join(import.meta.dirname, "pytorch.py");

export const PRECISIONS = ["float32", "bfloat16"] as const;

/** Where `npm run test:native` installs PyTorch. */
export const TORCH = resolve(import.meta.dirname, "../../.venv/torch");

/** Shapes by path of the parameters that the bench trains: its images are not changed at random, so it tells of no changes. */
export const trainedShapes = (spec: NetworkSpec): Record<string, readonly number[]> =>
  Object.fromEntries([...parametersOf(spec)].filter(([path]) => path !== "emb.change").map(([path, { shape }]) => [path, shape]));

/** A Python that imports PyTorch; undefined if there is none. */
export const pythonWithPyTorch = (): string | undefined =>
  [join(TORCH, "bin", "python"), "python3"].find((python) => spawnSync(python, ["-c", "import torch"]).status === 0);

/** Times steps for so many seconds. Throws a UserError where there is no PyTorch. */
export function benchPyTorch(
  spec: NetworkSpec,
  batch: number,
  seconds: number,
  precision: (typeof PRECISIONS)[number],
): { imagesPerSecond: number; describe: string } {
  const python = pythonWithPyTorch();
  if (python === undefined) throw new UserError('`python3 -c "import torch"` does not work here');
  const args = ["-W", "ignore", SCRIPT, JSON.stringify(spec), String(batch), String(seconds), precision];
  const { status, stdout } = spawnSync(python, args, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
  if (status !== 0) throw new Error(`Expected \`${SCRIPT}\` to end with exit code 0 but received ${status}`);
  const { version, imagesPerSecond } = JSON.parse(stdout) as { version: string; imagesPerSecond: number };
  return { imagesPerSecond, describe: `PyTorch ${version}, ${precision}, eager, channels-last` };
}
