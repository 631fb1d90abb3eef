/**
 * Builds what the Worker serves. `site` has the static files: the pages' style and scripts, the widget and what it
 * loads, and the models, for hosts of files alone. `files.json` beside it has what the Worker must know of the files.
 */
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { type BuildOptions, build } from "esbuild";
import { BundledPackages, LICENCES } from "../../wasm-model/build/licences.ts";
import { DEFAULT_MODEL, MODEL_FILE } from "../../wasm-model/model/model.ts";
import type { SiteFiles } from "../service/context.ts";
import { describeModel, type ServedModel } from "../service/models.ts";
import { headersFile, staticHeaders } from "../service/send.ts";
import { readModels } from "./folders.ts";
import { buildPages, PAGES } from "./pages.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Where a build of the shipped models is. */
export const DIST = here("../../dist");

/** The shipped models; the first is the default. */
export const SHIPPED: readonly string[] = [DEFAULT_MODEL, "avatars", "fashion-mnist", "mnist", "cifar10"].map((name) =>
  here(`../../wasm-model/models/${name}`),
);

const SITE = "site";

/** The packages whose code the site's files contain. */
const packages = new BundledPackages();

const COMMON: BuildOptions = {
  outdir: SITE,
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2023",
  logLevel: "warning",
  legalComments: "none", // they are in the notices
};

type Files = ReadonlyMap<string, Uint8Array>;

/**
 * Builds into `dist`. A Worker may be serving the folder, or another process building it, so files that are already right
 * stay untouched.
 */
export async function buildSite(): Promise<void> {
  const served = await readModels(SHIPPED);
  const site = join(DIST, SITE);
  const models = served.map((entry) => [assetPath(entry), entry.file] as const);
  const files = new Map([
    ...(await siteFiles()),
    ["cover.png", await readFile(join(PAGES, "shared/cover.png"))], // for shared links
    ["models.json", encodeText(modelsFile(served))],
    [`${DEFAULT_MODEL}.onnx`, served[0].file], // where embed.js looks on a host of files alone
    ...models,
  ]);
  await writeFiles(site, files);
  await writeFiles(DIST, new Map([["files.json", encodeText(JSON.stringify(listFiles(files)))]]));
  await removeOthers(site, files);
}

/** Of the models, and of what stands in for a service, which a service does not send. */
const isUnlisted = (path: string): boolean => path.startsWith("models/") || ["models.json", `${DEFAULT_MODEL}.onnx`].includes(path);

/** What a service knows of the site's files. */
const listFiles = (files: Files): SiteFiles =>
  Object.fromEntries(
    [...files].flatMap(([path, content]) => {
      if (isUnlisted(path) || !staticHeaders(`/${path}`)) return [];
      const hash = createHash("sha256").update(content).digest("hex").slice(0, 32);
      return [[`/${path}`, { length: content.length, hash }]];
    }),
  );

/** What `/v1/models` would answer, for a host of files alone: it draws nothing. */
function modelsFile(models: readonly ServedModel[]): string {
  const entries = models.map((entry) => ({ ...describeModel("", entry), asset: assetPath(entry) }));
  return JSON.stringify({ models: entries, budget: 0 });
}

/** The path of the model's file in the site. */
const assetPath = ({ name, version }: ServedModel): string => `models/${name}/${version}/${MODEL_FILE}`;

/** All files but the models, by their paths in the site. */
async function siteFiles(): Promise<Files> {
  const all: (readonly [string, Uint8Array])[] = [
    ...(await widgetFiles()),
    ...(await buildPages(packages)),
    ["base.onnx", await readFile(here("../../wasm-model/models/base/model-fp16.onnx"))],
    ["matte.onnx", await readFile(here("../../wasm-model/models/matte/model.onnx"))],
    [LICENCES, encodeText(packages.notices())],
  ];
  return new Map([...all, ["build/index.html", encodeText(MOVED)], ["_headers", encodeText(headersFile())]]);
}

/** Leads from a page of earlier versions to the one that has what it had. */
const MOVED = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Anneal</title><meta http-equiv="refresh" content="0; url=../create/"><a href="../create/">Moved</a></html>`;

/** /embed.js, and its types; and the element of the package, for pages with a model of their own, which has its notices inside: it goes into other files. */
async function widgetFiles(): Promise<[string, Uint8Array][]> {
  const inside = new BundledPackages();
  const THREAD_SCRIPT = JSON.stringify(await buildScript("../drawing/thread.ts", {}, packages, inside));
  const element = await buildScript("../element/package.ts", { THREAD_SCRIPT }, packages, inside);
  const licence = await readFile(here("../../LICENSE"), "utf8");
  return [
    ["embed.js", encodeText(await buildScript("../element/define.ts", { THREAD_SCRIPT }, packages))],
    ["embed.d.ts", await readFile(here("../element/embed.d.ts"))],
    ["element.js", encodeText(`${element}/*!\n${licence}\n${inside.notices()}\n*/\n`)],
  ];
}

/** `into`: what the packages are added to. */
async function buildScript(source: string, define: Record<string, string>, ...into: readonly BundledPackages[]): Promise<string> {
  const plugins = into.map(({ plugin }) => plugin);
  const { outputFiles } = await build({ ...COMMON, entryPoints: [here(source)], plugins, define, write: false });
  return outputFiles[0].text;
}

const encodeText = (content: string): Uint8Array => new TextEncoder().encode(content);

/** Writes these files to `folder`. Each is replaced in one step, so that nobody reads half a file. */
async function writeFiles(folder: string, files: Files): Promise<void> {
  await mkdir(folder, { recursive: true });
  const half = `${folder}.${process.pid}.tmp`;
  for (const [name, contents] of files) {
    const path = join(folder, name);
    const present = await readFile(path).catch(() => undefined);
    if (present?.equals(contents)) continue;
    await mkdir(dirname(path), { recursive: true });
    await writeFile(half, contents);
    await rename(half, path);
  }
}

async function removeOthers(folder: string, files: Files): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && !files.has(relative(folder, path))) await rm(path, { force: true });
  }
}

if (import.meta.main) await buildSite();
