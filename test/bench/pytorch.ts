/** Training steps in PyTorch, as the peer of `npm run bench -- training`. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { UserError } from "../../training/cli/user-error.ts";
import { sizeOf } from "../../training/network/parameters.ts";
import { parametersOf } from "../../wasm-model/network/count.ts";
import type { NetworkSpec } from "../../wasm-model/network/spec.ts";

const SCRIPT = join(import.meta.dirname, "pytorch.py");

export const PRECISIONS = ["float32", "bfloat16"] as const;

export const hasPyTorch = (): boolean => spawnSync("python3", ["-c", "import torch"]).status === 0;

/**
 * Times steps for so many seconds. Throws a UserError where there is no PyTorch, and an Error where its network is not
 * that of `spec`.
 */
export function benchPyTorch(
  spec: NetworkSpec,
  batch: number,
  seconds: number,
  precision: (typeof PRECISIONS)[number],
): { imagesPerSecond: number; describe: string } {
  if (!hasPyTorch()) throw new UserError('`python3 -c "import torch"` does not work here');
  const args = ["-W", "ignore", SCRIPT, JSON.stringify(spec), String(batch), String(seconds), precision];
  const { status, stdout } = spawnSync("python3", args, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
  if (status !== 0) throw new Error(`Expected \`${SCRIPT}\` to end with exit code 0 but received ${status}`);
  const { version, parameters, imagesPerSecond } = JSON.parse(stdout) as { version: string; parameters: number; imagesPerSecond: number };
  const expected = [...parametersOf(spec).values()].reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  if (parameters !== expected) throw new Error(`Expected ${expected} parameters in PyTorch's network but received ${parameters}`);
  return { imagesPerSecond, describe: `PyTorch ${version}, ${precision}, eager, channels-last` };
}
