/** Adds up vitest's JSON reports and prints the line that CI reads; fails when a test failed, a report is missing or nothing ran. */
import { readFileSync } from "node:fs";

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly success: boolean;
}

const reports = process.argv.slice(2).map((path) => JSON.parse(readFileSync(path, "utf8")) as Report);
const passed = reports.reduce((sum, { numPassedTests }) => sum + numPassedTests, 0);
const failed = reports.reduce((sum, { numFailedTests }) => sum + numFailedTests, 0);
console.log(`${passed} passed, ${failed} failed`);
if (failed > 0 || passed === 0 || !reports.every(({ success }) => success)) process.exit(1);
