/** The snippets of the site's pages: run as they stand there, they give the bytes of the service. */
import { execFile, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { decode } from "fast-png";
import { chromium } from "playwright";
import { afterAll, expect, inject, it } from "vitest";
import { OPTIONS, type Operation, type OptionName, optionsOf } from "../../wasm-model/index.ts";
import { PAGES } from "../../worker/routes/site.ts";
import { CHROMIUM_FLAGS, findChromium } from "../support/chromium.ts";
import { startWebPage } from "../support/web-page.ts";

/** A seed that breaks out of what does not quote it. */
const SEED = 'it\'s "5$" <b> & `date` \\ \u{1f330}';

/** Inside the package, so that its own name leads to it. */
const folder = mkdtempSync(resolve(import.meta.dirname, "../../dist/snippets-"));

afterAll(() => rmSync(folder, { recursive: true }));

const ENTITIES: Readonly<Record<string, string>> = { lt: "<", gt: ">", quot: '"', "#39": "'", amp: "&" };

/** The snippets of a page, by their titles. */
async function snippetsOf(path: string): Promise<Map<string, string>> {
  const response = await fetch(inject("origin") + path);
  expect([path, response.status]).toEqual([path, 200]);
  const html = await response.text();
  return new Map(
    [...html.matchAll(/<figure class="snippet"><figcaption>(.*?) <button.*?<code>(.*?)<\/code>/gs)].map(([, title, code]) => [
      title.replaceAll(/&(#?\w+);/g, (_, name) => ENTITIES[name]),
      code.replaceAll(/&(#?\w+);/g, (_, name) => ENTITIES[name]),
    ]),
  );
}

async function bytesAt(url: string, init?: RequestInit): Promise<Buffer> {
  const response = await fetch(new URL(url, inject("origin")), init);
  expect([url, response.status]).toEqual([url, 200]);
  return Buffer.from(await response.arrayBuffer());
}

/** Runs programs in one Node process; the bytes that `result` has at the end of each, in base64. */
async function run(programs: readonly string[], result: string): Promise<string[]> {
  const files = programs.map((program, i) => {
    writeFileSync(join(folder, `program-${i}.mjs`), `${program}\nexport default ${result};\n`);
    return `./program-${i}.mjs`;
  });
  const driver = `for (const file of ${JSON.stringify(files)}) console.log(Buffer.from((await import(file)).default).toString("base64"));`;
  writeFileSync(join(folder, "driver.mjs"), driver);
  const { stdout } = await promisify(execFile)(process.execPath, ["driver.mjs"], { cwd: folder, maxBuffer: 1e8 });
  return stdout.trim().split("\n");
}

const example = (name: OptionName): string => (name === "size" ? "56" : OPTIONS[name].example);

const optionsOn = (path: string, operation: Operation): OptionName[] => {
  const keys: readonly string[] = PAGES.find((page) => page.path === path)?.keys ?? [];
  return optionsOf(operation).filter((name) => keys.includes(name));
};

it("/studio: image, widget, terminal, program and permanent address give what /sample gives", async () => {
  const path = "/studio";
  const some = optionsOn(path, "sample").filter((name) => ["class", "steps", "guidance", "background", "size"].includes(name));
  const queries: Record<string, string>[] = [
    { seed: SEED, ...Object.fromEntries(some.map((name) => [name, example(name)])) },
    { seed: "7", model: "mnist" },
  ];
  const browser = await chromium.launch({ executablePath: findChromium(), args: CHROMIUM_FLAGS });
  const site = await startWebPage();
  try {
    const pages: Map<string, string>[] = [];
    for (const query of queries) pages.push(await snippetsOf(`${path}?${new URLSearchParams(query)}`));
    const all = (title: string): string[] => pages.map((snippets) => snippets.get(title) ?? `no ${title}`);
    const expected: string[] = [];
    for (const query of queries) expected.push((await bytesAt(`/sample?${new URLSearchParams(query)}`)).toString("base64"));
    const check = (title: string, given: readonly string[]) => {
      for (const [i, query] of queries.entries()) expect([title, query, given[i] === expected[i]]).toEqual([title, query, true]);
    };

    const addresses: string[] = [];
    for (const url of all("Permanent address")) addresses.push((await bytesAt(url)).toString("base64"));
    check("Permanent address", addresses);
    check("TypeScript", await run(all("TypeScript"), "image.png()"));
    check(
      "Terminal",
      all("Terminal").map((command, i) => {
        const own = join(folder, `terminal-${i}`);
        mkdirSync(own, { recursive: true });
        expect(spawnSync("sh", ["-c", command], { cwd: own }).status).toBe(0);
        return readFileSync(join(own, /-o (\S+)$/.exec(command)?.[1] ?? "")).toString("base64");
      }),
    );
    const page = await browser.newPage();
    site.set(all("Image").join("") + all("Widget, drawn on the visitor's device").join(""));
    await page.goto(site.url);
    const shown = await page.evaluate(async () => {
      type Sample = Element & { toBlob(): Promise<Blob> };
      await customElements.whenDefined("anneal-sample");
      const base64 = async (blob: Blob) =>
        btoa(new Uint8Array(await blob.arrayBuffer()).reduce((text, byte) => text + String.fromCharCode(byte), ""));
      const of = async (selector: string, blobOf: (element: Element) => Promise<Blob>) => {
        const files: string[] = [];
        for (const element of document.querySelectorAll(selector)) files.push(await base64(await blobOf(element)));
        return files;
      };
      const images = await of("img", async (image) => (await fetch((image as HTMLImageElement).src)).blob());
      const widgets = await of("anneal-sample", (sample) => (sample as Sample).toBlob());
      return { images, widgets };
    });
    check("Image", shown.images);
    check("Widget", shown.widgets);
  } finally {
    await Promise.all([browser.close(), site.stop()]);
  }
});

it("/repaint: inpainting in a terminal and in a program gives the same image", async () => {
  writeFileSync(join(folder, "image.png"), await bytesAt("/sample?seed=3"));
  writeFileSync(join(folder, "mask.png"), await bytesAt("/sample?seed=4"));
  const all = Object.fromEntries(optionsOn("/repaint", "inpaint").map((name) => [name, example(name)]));
  const snippets = await snippetsOf(`/repaint?${new URLSearchParams({ ...all, seed: SEED, from: "3" })}`);
  const { status } = spawnSync("sh", ["-c", (snippets.get("Terminal") ?? "").replace("curl ", "curl -sf ")], { cwd: folder });
  expect(status).toBe(0);
  const pixels = decode(readFileSync(join(folder, "drawn.png"))).data;
  expect(await run([snippets.get("TypeScript") ?? ""], "drawn.pixels")).toEqual([Buffer.from(pixels).toString("base64")]);
});
