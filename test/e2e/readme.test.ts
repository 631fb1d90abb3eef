/**
 * The built package by its name: the examples of README.md and worker/API.md, word for word, in Node, in a page and in a Worker; and what a
 * bundle carries of it.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, it } from "vitest";
import { unstable_startWorker as startWorker } from "wrangler";
import { openModel } from "../../training/cli/model-files.ts";
import { type Model, sample } from "../../wasm-model/index.ts";
import { launchChromium } from "../support/chromium.ts";
import { startWebPage } from "../support/web-page.ts";

const root = resolve(import.meta.dirname, "../..");
/** Inside the package, so that its own name leads to it. */
const folder = mkdtempSync(join(root, "dist/readme-"));
const MODEL = join(root, "wasm-model/models/fashion-mnist");
const examples = ["README.md", "worker/API.md"].map((name) => readFileSync(join(root, name), "utf8")).join("\n");

let expected: number[];

beforeAll(async () => {
  expected = await drawnBy(await openModel(MODEL));
});

const drawnBy = async (model: Model): Promise<number[]> => [...(await sample(model, { seed: "alice", class: "Sneaker" })).png()];

afterAll(() => rmSync(folder, { recursive: true }));

/** Writes the code that follows `introduction` in the documents into a file. */
function writeExample(introduction: string, language: string, name: string): string {
  const [, code] = examples.split(`\n${introduction}`)[1].split(`\n\`\`\`${language}\n`);
  const file = join(folder, name);
  writeFileSync(file, code.split("```")[0]);
  return file;
}

it("runs in Node", () => {
  execFileSync(process.execPath, [writeExample("In TypeScript, in Node:", "ts", "node.ts")], { cwd: folder });
  expect([...readFileSync(join(folder, "alice.png"))]).toEqual(expected);
});

it("runs in a page", async () => {
  const entry = writeExample("### In a page", "ts", "page.ts");
  const { outputFiles } = await build({ entryPoints: [entry], bundle: true, format: "esm", write: false });
  const site = await startWebPage({
    "/page.js": ["text/javascript", outputFiles[0].contents],
    "/model.onnx": ["application/octet-stream", readFileSync(join(MODEL, "model.onnx"))],
  });
  site.set(`<body><script type="module" src="/page.js"></script>`);
  const browser = await launchChromium();
  try {
    const page = await browser.newPage();
    await page.goto(site.url);
    const drawn = await page.locator("img").evaluate(async (image: HTMLImageElement) => {
      await image.decode();
      return [...new Uint8Array(await (await fetch(image.src)).arrayBuffer())];
    });
    expect(drawn).toEqual(expected);
  } finally {
    await Promise.all([browser.close(), site.stop()]);
  }
});

it("runs in a Worker", async () => {
  writeExample("### In a Worker", "ts", "worker.ts");
  const worker = await startWorker({
    config: writeExample("### In a Worker", "toml", "wrangler.toml"),
    dev: { server: { port: 0 }, inspector: false },
  });
  try {
    const response = await worker.fetch("http://localhost/?seed=alice");
    expect(response.headers.get("Content-Type")).toBe("image/png");
    expect([...new Uint8Array(await response.arrayBuffer())]).toEqual(expected);
  } finally {
    await worker.dispose();
  }
});

it.each([
  ["Node", "In TypeScript, in Node:", { types: ["node"], lib: ["es2023"] }],
  ["a page", "### In a page", { types: [], lib: ["es2023", "dom"] }],
  ["a Worker", "### In a Worker", { types: ["@cloudflare/workers-types"], lib: ["es2023"] }],
])("has types that fit %s", (_name, introduction, host) => {
  const types = mkdtempSync(join(folder, "types-"));
  copyFileSync(writeExample(introduction, "ts", "typed.ts"), join(types, "example.ts"));
  writeFileSync(join(types, "files.d.ts"), `declare module "*.onnx" { const file: ArrayBuffer; export default file; }`);
  const compilerOptions = { ...host, strict: true, noEmit: true, target: "es2023", module: "preserve", moduleResolution: "bundler" };
  writeFileSync(join(types, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["*.ts"] }));
  const { status, stdout } = spawnSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", types], {
    encoding: "utf8",
  });
  expect(stdout).toBe("");
  expect(status).toBe(0);
});

it("bundles no runtime but ours unless another is imported", async () => {
  for (const conditions of [[], ["workerd"]]) {
    const { metafile } = await build({
      stdin: { contents: `export { loadModel, sample } from "anneal";`, resolveDir: folder },
      bundle: true,
      format: "esm",
      conditions,
      loader: { ".wasm": "binary" },
      metafile: true,
      write: false,
    });
    const [{ inputs }] = Object.values(metafile.outputs);
    const sources = Object.entries(inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? path : []));
    expect(sources.filter((path) => path.includes("engine/"))).not.toEqual([]);
    expect(sources.filter((path) => path.includes("onnxruntime"))).toEqual([]);
  }
});
