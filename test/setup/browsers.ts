/** Sees to it that there are browsers to test in: finds each, else installs it, else throws one clear error that says how. */
import { spawnSync } from "node:child_process";
import { findChromium, launchChromium } from "../support/chromium.ts";
import { findFirefox } from "../support/firefox.ts";

/** And that it starts. */
export async function prepareChromium(): Promise<void> {
  install("chromium", "chromium", findChromium);
  const browser = await launchChromium();
  await browser.close();
}

export function prepareFirefox(): void {
  install("firefox", "firefox-esr", findFirefox);
  findFirefox();
}

/** Nothing where `find` does not throw. Else as root on Debian its package, or Playwright's own build, with the system's libraries that it needs. */
function install(name: string, debianPackage: string, find: () => string): void {
  const isRootOnDebian = process.getuid?.() === 0 && spawnSync("apt-get", ["--version"]).status === 0;
  const debian = [
    ["apt-get", "update", "-qq"],
    ["apt-get", "install", "-y", "-qq", debianPackage],
  ];
  const playwright = ["npx", "playwright", "install", ...(isRootOnDebian ? ["--with-deps"] : []), name];
  for (const [command, ...args] of [...(isRootOnDebian ? debian : []), playwright]) {
    if (succeeds(find)) return;
    console.log(`no ${name} here: ${command} ${args.join(" ")}`);
    spawnSync(command, args, { stdio: ["ignore", "ignore", "inherit"], env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } });
  }
}

function succeeds(find: () => string): boolean {
  try {
    find();
    return true;
  } catch {
    return false;
  }
}
