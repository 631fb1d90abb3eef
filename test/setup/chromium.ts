/** Sees to it that there is a Chromium to test in, and that it starts: finds one, else installs one, else throws one clear error that says how. */
import { spawnSync } from "node:child_process";
import { chromium } from "playwright";
import { CHROMIUM_FLAGS, findChromium } from "../support/chromium.ts";

export async function prepareChromium(): Promise<void> {
  for (const [command, ...args] of waysToInstall()) {
    if (isThere()) break;
    console.log(`no Chromium here: ${command} ${args.join(" ")}`);
    spawnSync(command, args, { stdio: ["ignore", "ignore", "inherit"], env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } });
  }
  const browser = await chromium.launch({ executablePath: findChromium(), args: CHROMIUM_FLAGS });
  await browser.close();
}

/** As root on Debian its package, else Playwright's own build. */
function waysToInstall(): string[][] {
  const isRootOnDebian = process.getuid?.() === 0 && spawnSync("apt-get", ["--version"]).status === 0;
  const debian = [
    ["apt-get", "update", "-qq"],
    ["apt-get", "install", "-y", "-qq", "chromium"],
  ];
  return [...(isRootOnDebian ? debian : []), ["npx", "playwright", "install", "chromium"]];
}

function isThere(): boolean {
  try {
    findChromium();
    return true;
  } catch {
    return false;
  }
}
