/** The guide: each of its examples is run as it stands on the page. */
import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import type { Page } from "playwright";
import { build } from "vite";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { VERBS } from "../../training/cli/verbs.ts";
import { GUIDE } from "../../worker/site/guide/pages.ts";
import { startWebPage, type WebPage } from "../support/web-page.ts";
import { workerAndChromium } from "../support/worker-and-chromium.ts";

interface Example {
  readonly slug: string;
  readonly language: string;
  readonly code: string;
}

const ROOT = resolve(import.meta.dirname, "../..");
const ENTITIES: Readonly<Record<string, string>> = { lt: "<", gt: ">", quot: '"', "#39": "'", amp: "&" };
const EMBED = () => `<script type="module" src="${worker.origin}/embed.js"></script>`;

const { worker, browser } = workerAndChromium();
let site: WebPage;
let page: Page;
let examples: readonly Example[];
let faults: string[];

beforeAll(async () => {
  site = await startWebPage();
  examples = (await Promise.all(GUIDE.map(({ slug }) => examplesOf(slug)))).flat();
});

afterAll(() => site?.stop());

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

async function examplesOf(slug: string): Promise<Example[]> {
  const html = await (await fetch(`${worker.origin}/guide/${slug}`)).text();
  return [...html.matchAll(/<code class="language-(\w+)">(.*?)<\/code>/gs)].map(([, language, code]) => ({
    slug,
    language,
    code: code.replaceAll(/&(\w+|#39);/g, (_, name) => ENTITIES[name]),
  }));
}

const inLanguage = (language: string): readonly Example[] => examples.filter((example) => example.language === language);

/** Shows an example in a page of another origin; resolves when all images in it stand. */
async function show(code: string, headers = {}): Promise<void> {
  site.set(code.includes("<anneal-sample") && !code.includes("/embed.js") ? EMBED() + code : code, headers);
  await page.goto(site.url);
  await page.waitForFunction(() =>
    [...document.querySelectorAll("anneal-sample, img")].every((element) =>
      element instanceof HTMLImageElement
        ? element.closest("anneal-sample") || element.naturalWidth > 0
        : (element as Element & { readonly renderedBy?: string }).renderedBy === "device",
    ),
  );
}

it("has examples in each language on each page that needs them", () => {
  expect(new Set(examples.map(({ slug }) => slug))).toEqual(new Set(GUIDE.map(({ slug }) => slug)));
  expect(new Set(examples.map(({ language }) => language))).toEqual(new Set(["html", "tsx", "js", "sh", "http"]));
});

it("shows the image of every HTML example in a page of another origin", async () => {
  for (const { code } of inLanguage("html")) {
    await show(code);
    expect(await page.locator("img, anneal-sample, #place, script").count(), code).toBeGreaterThan(0);
  }
});

it("puts another seed into the form when its button is pressed", async () => {
  await show(inLanguage("html").find(({ code }) => code.includes("<form>"))?.code ?? "");
  const seed = () => page.evaluate(() => new FormData(document.querySelector("form") as HTMLFormElement).get("avatar"));
  const first = await seed();
  await page.getByRole("button").click();
  expect(await seed()).toMatch(/^\d+$/);
  expect(await seed()).not.toBe(first);
});

it("names a policy under which the widget draws", async () => {
  const [{ code }] = inLanguage("http");
  const [name, policy] = code.split(/: (.*)/);
  const element = '<anneal-sample seed="alice"></anneal-sample>';
  const withIcon = policy.replace("img-src", "img-src data:"); // the page's own icon
  await show(element, { [name]: `default-src 'none'; ${withIcon}` });
});

it("draws in React as its components say, and TypeScript accepts them", async () => {
  await promisify(execFile)(process.execPath, ["worker/node/package.ts"], { cwd: ROOT }); // anneal/react
  const folder = mkdtempSync(join(import.meta.dirname, ".guide-")); // where packages are found
  try {
    const components = inLanguage("tsx").map(({ code }, i) => {
      writeFileSync(join(folder, `example-${i}.tsx`), code);
      return { file: `./example-${i}.tsx`, name: [...code.matchAll(/export function (\w+)/g)].at(-1)?.[1] };
    });
    const entry = `
      import { createRoot } from "react-dom/client";
      ${components.map(({ file, name }) => `import { ${name} } from "${file}";`).join("\n")}
      createRoot(document.querySelector("#app") as Element).render(<>${components.map(({ name }) => `<${name} />`).join("")}</>);`;
    writeFileSync(join(folder, "main.tsx"), entry);
    const flags = [
      "--noEmit",
      "--strict",
      "--jsx",
      "react-jsx",
      "--module",
      "preserve",
      "--allowImportingTsExtensions",
      "--types",
      "react,react-dom",
    ];
    const tsc = await promisify(execFile)(join(ROOT, "node_modules/.bin/tsc"), [...flags, "--ignoreConfig", "main.tsx"], {
      cwd: folder,
    }).catch((error) => error);
    expect(tsc.stdout).toBe("");
    const input = join(folder, "main.tsx");
    const result = await build({
      configFile: false,
      logLevel: "error",
      root: folder,
      build: { write: false, rollupOptions: { input, output: { inlineDynamicImports: true } } },
    });
    const [{ output }] = [result].flat() as { readonly output: readonly { readonly code?: string }[] }[];
    const script = output.map(({ code = "" }) => code).join("");
    await page.route("**/app.js", (route) => route.fulfill({ contentType: "text/javascript", body: script }));
    await show(`<div id="app"></div><script type="module" src="/app.js"></script>`);
    await page.locator("anneal-sample[seed=alice]:state(device)").waitFor();
    await page.getByRole("textbox").fill("carol");
    await page.locator("anneal-sample[seed=carol]:state(device)").waitFor();
    await page.locator('a[download="bob.png"][href^="blob:"]').waitFor();
  } finally {
    rmSync(folder, { recursive: true });
  }
});

describe("outside of browsers", () => {
  const folder = mkdtempSync(join(tmpdir(), "anneal-guide-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  const run = (code: string, env: NodeJS.ProcessEnv) =>
    spawnSync(process.execPath, ["--input-type=module", "--eval", code], { encoding: "utf8", env: { ...process.env, ...env } });

  it.each([undefined, ""])("makes no pseudonyms with the secret %o", (AVATAR_SECRET) => {
    const [{ code }] = inLanguage("js").filter(({ code }) => code.includes("AVATAR_SECRET"));
    const { status, stdout, stderr } = run(code, { AVATAR_SECRET });
    expect([status, stdout]).toEqual([1, ""]);
    expect(stderr).toContain("Expected a secret for AVATAR_SECRET but received none");
  });

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
      const [, verb] = /^npx anneal (\S+)/.exec(code) ?? [];
      if (verb) return expect(Object.keys(VERBS)).toContain(verb);
      const { status, stdout, stderr } = spawnSync("bash", ["-euo", "pipefail", "-c", code], { cwd: folder, encoding: "utf8" });
      expect([code, status, stderr]).toEqual([code, 0, ""]);
      return stdout.trim();
    });
    expect(printed).toEqual(
      expect.arrayContaining(["304", expect.stringMatching(/^x-nfe: 36$/i), expect.stringMatching(/^\/v1\/.*5f2b0c7d\.png\?/)]),
    );
    for (const name of ["alice.png", "bob.png", "carol.png", "5f2b0c7d.png"]) {
      expect(readFileSync(join(folder, name)).subarray(1, 4).toString()).toBe("PNG");
    }
  });
});
