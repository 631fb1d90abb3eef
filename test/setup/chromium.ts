/** Sees to it that there is a Chromium to test in: finds one, else installs one, else throws one clear error that says how. */
import { spawnSync } from "node:child_process";
import { findChromium } from "../support/chromium.ts";

export function prepareChromium(): void {
  if (isThere()) return;
  for (const [command, ...args] of waysToInstall()) {
    console.log(`no Chromium here: ${command} ${args.join(" ")}`);
    spawnSync(command, args, { stdio: ["ignore", "ignore", "inherit"], env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } });
    if (isThere()) return;
  }
  findChromium();
}

/** As root on Debian its package, else Playwright's own build. */
function waysToInstall(): string[][] {
  const isRootOnDebian = process.getuid?.() === 0 && spawnSync("apt-get", ["--version"]).status === 0;
  const playwright = ["npx", "playwright", "install", "chromium"];
  const debian = [
    ["apt-get", "update", "-qq"],
    ["apt-get", "install", "-y", "-qq", "chromium"],
  ];
  return isRootOnDebian ? [...debian, playwright] : [playwright];
}

function isThere(): boolean {
  try {
    findChromium();
    return true;
  } catch {
    return false;
  }
}
