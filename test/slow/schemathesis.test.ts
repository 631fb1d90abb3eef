/** schemathesis, a fuzzer of OpenAPI documents, on a running `wrangler dev`: each answer has status, type and JSON of the contract. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { pythonWith } from "../setup/machine.ts";
import { finished } from "../support/command-line.ts";
import { temporaryFolder } from "../support/files.ts";
import { type RunningWorker, startWorker } from "../support/start-worker.ts";

/** Of each operation and each phase that makes them up; what the contract's bounds suggest comes on top. */
const EXAMPLES = 100;
/** In multiply-accumulates: no image takes long. */
const BUDGET = 8e9;

const folder = temporaryFolder("schemathesis");
let worker: RunningWorker;
let environment: string;

beforeAll(async () => {
  environment = await pythonWith("schemathesis==4.32.5");
  worker = await startWorker("--var", `BUDGET:${BUDGET}`);
});

afterAll(async () => {
  await worker?.stop();
});

it("finds no fault in 1000 requests, with all its checks except that valid requests fit the budget", async () => {
  const st = spawn(
    join(environment, "bin", "st"),
    [
      ...["--config-file", join(import.meta.dirname, "schemathesis.toml"), "run", `${worker.origin}/openapi.json`],
      ...["--exclude-checks", "positive_data_acceptance", "--max-examples", String(EXAMPLES), "--seed", "1", "--request-timeout", "60"],
    ],
    { cwd: folder },
  );
  const { code, stdout } = await finished(st);
  expect(code, stdout).toBe(0);
  expect(Number(/^ +(\d+) generated, \1 passed$/m.exec(stdout)?.[1]), stdout).toBeGreaterThan(1000);
});
