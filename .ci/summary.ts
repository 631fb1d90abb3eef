/** Adds up vitest's JSON reports and prints the line that CI reads; fails when a test failed or was skipped, a report is missing or nothing ran. */
import { existsSync, readFileSync } from "node:fs";

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly success: boolean;
}

const missing = process.argv.slice(2).filter((path) => !existsSync(path));
for (const path of missing) console.error(`Expected a report at ${path} but the tests ended without one`);
const reports = process.argv
  .slice(2)
  .filter((path) => !missing.includes(path))
  .map((path) => JSON.parse(readFileSync(path, "utf8")) as Report);
const passed = reports.reduce((sum, { numPassedTests }) => sum + numPassedTests, 0);
const failed = reports.reduce((sum, { numFailedTests }) => sum + numFailedTests, 0);
const skipped = reports.reduce((sum, { numPendingTests }) => sum + numPendingTests, 0);
if (skipped > 0) console.error(`Expected every test to run but ${skipped} did not`);
console.log(`${passed} passed, ${failed} failed`);
if (missing.length > 0 || failed > 0 || skipped > 0 || passed === 0 || !reports.every(({ success }) => success)) process.exit(1);
