/** The real browser that tests run in: the machine's own Chromium or Chrome, or the one that `npx playwright install chromium` brought. */
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { chromium } from "playwright";

/** No sandbox (root in a container has none), no GPU, and no talk with anybody but the page's own servers. */
export const CHROMIUM_FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** Path of the browser: `CHROMIUM` from the environment, else one on the PATH, else Playwright's. Throws an error that says how to install one. */
export function findChromium(): string {
  const { CHROMIUM, PATH = "" } = process.env;
  if (CHROMIUM) {
    if (isExecutable(CHROMIUM)) return CHROMIUM;
    throw new Error(`Expected the path of a Chromium for \`CHROMIUM\` but received ${CHROMIUM}`);
  }
  const installed = PATH.split(delimiter).flatMap((folder) => NAMES.map((name) => join(folder, name)));
  const found = [...installed, chromium.executablePath()].find(isExecutable);
  if (found) return found;
  throw new Error(
    "Expected Chromium on this machine but found none: `apt-get install chromium`, or `npx playwright install chromium`, or set CHROMIUM to its path",
  );
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
