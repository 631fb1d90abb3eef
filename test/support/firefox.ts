/**
 * Firefox, as it is: the machine's own, or the one that `npx playwright install firefox` brought. `openFirefox` opens a
 * page that tells what it found; test/slow/site-firefox.test.ts drives one by WebDriver BiDi.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { firefox } from "playwright";
import { findProgram } from "./executable.ts";
import { newFolder, removeFolder } from "./scratch.ts";

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
