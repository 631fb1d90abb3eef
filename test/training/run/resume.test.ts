import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, it } from "vitest";
import { expectExactResume } from "../../support/resume.ts";

const folder = mkdtempSync(join(tmpdir(), "anneal-resume-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("a killed run", () => {
  it("goes on as if it had never stopped, on wasm", () => expectExactResume("wasm", folder, 4000), 300_000);
});
