/**
 * `npm test`: brings what the tests need (Chromium, Firefox, Python's ONNX checker where Python is, the built files)
 * and runs them all: in Node, in workerd, in real browsers and end to end. `npm test -- --project node` runs a part.
 * What takes longer is apart, in test/slow: `npm run test:more`; so are the native backend's tests: `npm run
 * test:native`.
 */
import { spawnSync } from "node:child_process";
import { onnxPython, prepareChromium, prepareFirefox } from "./setup/machine.ts";

const PROJECTS = ["node", "workerd", "browser", "e2e"];

function run(command: string, args: readonly string[]): void {
  const { status } = spawnSync(command, args, { stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}

try {
  await prepareChromium();
  prepareFirefox();
  await onnxPython();
} catch (error) {
  console.error((error as Error).message);
  process.exit(2);
}
run("npm", ["run", "--silent", "build"]);
const args = process.argv.slice(2);
run("vitest", [
  "run",
  ...(args.some((arg) => arg.startsWith("--project")) ? [] : PROJECTS.flatMap((name) => ["--project", name])),
  ...args,
]);
