/** The guide: each of its examples is run as it stands on the page. */
import { spawnSync } from "node:child_process";
import type { Page } from "playwright";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { temporaryFolder } from "../support/files.ts";
import { startWebPage } from "../support/web-page.ts";
import { workerAndChromium } from "../support/worker-and-chromium.ts";

interface Example {
  readonly language: string;
  readonly code: string;
}

const ENTITIES: Readonly<Record<string, string>> = { lt: "<", gt: ">", quot: '"', "#39": "'", amp: "&" };
const EMBED = () => `<script type="module" src="${worker.origin}/embed.js"></script>`;

const { worker, browser } = workerAndChromium();
const site = await startWebPage();
afterAll(() => site.stop());
const examples = await examplesOf();
let page: Page;
let faults: string[];

beforeEach(async () => {
  page = await browser.newPage();
  page.setDefaultTimeout(100_000);
  faults = [];
  page.on("pageerror", ({ message }) => faults.push(message));
  page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
});

afterEach(async () => {
  await page.close();
  expect(faults).toEqual([]);
});

async function examplesOf(): Promise<Example[]> {
  const html = await (await fetch(`${worker.origin}/build/`)).text();
  return [...html.matchAll(/<code class="language-(\w+)">(.*?)<\/code>/gs)].map(([, language, code]) => ({
    language,
    code: code.replaceAll("https://your.server/", `${worker.origin}/`).replaceAll(/&(\w+|#39);/g, (_, name) => ENTITIES[name]),
  }));
}

const inLanguage = (language: string): readonly Example[] => examples.filter((example) => example.language === language);

/** Shows an example in a page of another origin; resolves when all images in it stand. */
async function show(code: string): Promise<void> {
  site.set(code.includes("<anneal-sample") && !code.includes("/embed.js") ? EMBED() + code : code);
  await page.goto(site.url);
  await page.waitForFunction(() =>
    [...document.querySelectorAll("anneal-sample, img")].every((element) =>
      element instanceof HTMLImageElement
        ? element.closest("anneal-sample") || element.naturalWidth > 0
        : element.shadowRoot?.querySelector("canvas.drawn"),
    ),
  );
}

it("has examples in each language", () => {
  expect(new Set(examples.map(({ language }) => language))).toEqual(new Set(["html", "tsx", "js", "sh", "http"]));
});

it("shows the image of every HTML example in a page of another origin", async () => {
  for (const { code } of inLanguage("html")) {
    await show(code);
    expect(await page.locator("img, anneal-sample, #place, script").count(), code).toBeGreaterThan(0);
  }
});

describe("outside of browsers", () => {
  const folder = temporaryFolder("guide");

  const run = (code: string, env: NodeJS.ProcessEnv) =>
    spawnSync(process.execPath, ["--input-type=module", "--eval", code], { encoding: "utf8", env: { ...process.env, ...env } });

  it("prints addresses of images in Node", async () => {
    for (const { code } of inLanguage("js")) {
      const { stdout, stderr } = run(code, { AVATAR_SECRET: "x7" });
      expect(stderr).toBe("");
      const response = await fetch(stdout.trim());
      expect([stdout, response.status, response.headers.get("Content-Type")]).toEqual([stdout, 200, "image/png"]);
    }
  });

  it("runs in a shell", () => {
    const printed = inLanguage("sh").map(({ code }) => {
      const { status, stdout, stderr } = spawnSync("bash", ["-euo", "pipefail", "-c", code], { cwd: folder, encoding: "utf8" });
      expect([code, status, stderr]).toEqual([code, 0, ""]);
      return stdout.trim();
    });
    expect(printed).toEqual([expect.stringMatching(/^\/v1\/.*carol\.png\?/), expect.stringMatching(/^x-nfe: 36$/im)]);
  });
});
