/**
 * Names the tests of vitest's JSON reports that failed, did not run or passed only at the second try, and prints the
 * line that CI reads. Fails when a test failed or did not run, a report is missing or nothing ran.
 */
import { existsSync, readFileSync } from "node:fs";

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly success: boolean;
  readonly testResults: readonly {
    readonly name: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName: string;
      readonly failureMessages: readonly string[] | null;
    }[];
  }[];
}

const missing = process.argv.slice(2).filter((path) => !existsSync(path));
for (const path of missing) console.error(`Expected a report at ${path} but the tests ended without one`);
const reports = process.argv
  .slice(2)
  .filter((path) => !missing.includes(path))
  .map((path) => JSON.parse(readFileSync(path, "utf8")) as Report);
for (const { name, message, assertionResults } of reports.flatMap(({ testResults }) => testResults)) {
  if (message) console.error(`${name}: ${message}`);
  for (const { status, fullName, failureMessages } of assertionResults) {
    const [failure] = failureMessages ?? [];
    if (status === "passed" && failure === undefined) continue;
    console.error(`${status === "passed" ? "passed at the second try" : status}: ${name} > ${fullName}`);
    if (failure) console.error(failure.split("\n").slice(0, 8).join("\n"));
  }
}
const passed = reports.reduce((sum, { numPassedTests }) => sum + numPassedTests, 0);
const failed = reports.reduce((sum, { numFailedTests }) => sum + numFailedTests, 0);
const skipped = reports.reduce((sum, { numPendingTests }) => sum + numPendingTests, 0);
if (skipped > 0) console.error(`Expected every test to run but ${skipped} did not`);
console.log(`${passed} passed, ${failed} failed`);
if (missing.length > 0 || failed > 0 || skipped > 0 || passed === 0 || !reports.every(({ success }) => success)) process.exit(1);
