/**
 * The real browsers that tests run in: the machine's own, or those that `npx playwright install` brought. Most run in Chromium.
 * `openFirefox` opens a page that tells what it found; test/slow/site-firefox.test.ts drives a Firefox by WebDriver BiDi.
 */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { type Browser, chromium, firefox } from "playwright";
import { newFolder, removeFolder } from "./scratch.ts";

interface Program {
  /** What people call it. */
  readonly title: string;
  /** The environment variable that names its path. */
  readonly variable: string;
  /** Its commands, the first is preferred. */
  readonly commands: readonly string[];
  /** Where else it may be. */
  readonly otherPath: string;
  /** How to install it, in words. */
  readonly advice: string;
}

/**
 * Path of the program that runs: as the environment names it, else from the PATH, else the other one. Throws an error
 * that says how to install it.
 */
function findProgram({ title, variable, commands, otherPath, advice }: Program): string {
  const { [variable]: named, PATH = "" } = process.env;
  if (named) {
    if (runs(named)) return named;
    throw new Error(`Expected the path of a ${title} for \`${variable}\` but received ${named}`);
  }
  const installed = PATH.split(delimiter).flatMap((folder) => commands.map((name) => join(folder, name)));
  const found = [...installed, otherPath].find(runs);
  if (found) return found;
  throw new Error(`Expected ${title} on this machine but found none: ${advice}, or set ${variable} to its path`);
}

/** Some distributions have stubs of browsers, which only tell how to install one. */
function runs(path: string): boolean {
  try {
    return /\d+\.\d+/.test(execFileSync(path, ["--version"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"], timeout: 30_000 }));
  } catch {
    return false;
  }
}

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

/** Path of the browser; `CHROMIUM` in the environment names another. Throws an error that says how to install one. */
export const findChromium = (): string =>
  findProgram({
    title: "Chromium",
    variable: "CHROMIUM",
    commands: ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"],
    otherPath: chromium.executablePath(),
    advice: "`apt-get install chromium`, or `npx playwright install --with-deps chromium`",
  });

export const launchChromium = (...flags: string[]): Promise<Browser> =>
  chromium.launch({ executablePath: findChromium(), args: [...CHROMIUM_FLAGS, ...flags] });

/** Opens `url` in a Chromium of its own, and gives the function that ends it. */
export async function openChromium(url: string): Promise<() => Promise<void>> {
  const browser = await launchChromium();
  await (await browser.newPage()).goto(url);
  return () => browser.close();
}

/** No welcome, and no talk with anybody but the page's own server. */
export const PREFERENCES = {
  "app.normandy.enabled": false,
  "app.update.disabledForTesting": true,
  "browser.aboutwelcome.enabled": false,
  "browser.safebrowsing.downloads.enabled": false,
  "browser.safebrowsing.malware.enabled": false,
  "browser.safebrowsing.phishing.enabled": false,
  "browser.search.update": false,
  "browser.shell.checkDefaultBrowser": false,
  "browser.startup.page": 0,
  "datareporting.policy.dataSubmissionEnabled": false,
  "extensions.update.enabled": false,
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
  "services.settings.server": "data:,",
  "toolkit.telemetry.enabled": false,
  "toolkit.telemetry.server": "data:,",
};

/** Path of the browser; `FIREFOX` in the environment names another. Throws an error that says how to install one. */
export const findFirefox = (): string =>
  findProgram({
    title: "Firefox",
    variable: "FIREFOX",
    commands: ["firefox-esr", "firefox"],
    otherPath: firefox.executablePath(),
    advice: "`apt-get install firefox-esr`, or `npx playwright install --with-deps firefox`",
  });

/** Opens `url` in a Firefox of its own, without a window, and gives the function that ends it. */
export function openFirefox(url: string): () => Promise<void> {
  const profile = newFolder("firefox");
  const lines = Object.entries(PREFERENCES).map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`);
  writeFileSync(join(profile, "user.js"), lines.join(""));
  const browser = spawn(findFirefox(), ["--headless", "--no-remote", "--profile", profile, url], { stdio: "ignore" });
  const ended = once(browser, "exit");
  return async () => {
    browser.kill();
    await ended;
    removeFolder(profile);
  };
}
