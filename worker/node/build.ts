/**
 * Builds what the Worker serves. `site` has the static files: the pages' style and scripts, the widget and what it
 * loads, and the models. The module `served-models` is the manifest of these models.
 */
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type BuildOptions, build } from "esbuild";
import { BundledPackages, LICENCES } from "../../wasm-model/licences.ts";
import { RECORD_FILE } from "../../wasm-model/model/recorded.ts";
import { staticHeaders } from "../http/caching.ts";
import { LESSONS } from "../langevin/lessons.ts";
import { SCENES } from "../langevin/scenes/index.ts";
import { assetPath, type ModelEntry } from "../models/entry.ts";
import { PAGES as DRAWING_PAGES } from "../routes/site.ts";
import { GUIDE } from "../site/guide/pages.ts";
import { NAVIGATION } from "../site/navigation.ts";
import { posterPath } from "../site/wall.ts";
import type { Script } from "../widget/engine-thread.ts";
import { customElements } from "../widget/reference-tables.ts";
import { type ModelFolder, readModels } from "./folders.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Where a build of the shipped models is. */
export const DIST = here("../../dist");

/** The shipped models; the first is the default. */
export const SHIPPED: readonly string[] = ["fashion-mnist", "mnist", "avatars", "cifar10"].map((name) =>
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
  plugins: [packages.plugin],
};

type Files = ReadonlyMap<string, Uint8Array>;

/**
 * Builds into `dist`. A Worker may be serving the folder, or another process building it, so files that are already right
 * stay untouched.
 */
export async function buildSite(): Promise<void> {
  const served = await readModels(SHIPPED);
  const site = join(DIST, SITE);
  const records = await Promise.all(
    SHIPPED.map(async (folder, i) => [recordPath(served[i].entry), await readFile(join(folder, RECORD_FILE))] as const),
  );
  const models = served.map(({ entry, file }) => [assetPath(entry).slice(1), file] as const);
  const files = new Map([...(await siteFiles()), ...models, ...records]);
  await put(site, files);
  await put(DIST, new Map([["served-models.js", text(manifest(served))]]));
  await removeOthers(site, files);
}

const recordPath = ({ name }: ModelEntry): string => `assets/records/${name}.json`;

/** The pages' scripts, site/client/{name}.ts. */
const SCRIPTS = ["watch", "draw", "morph", "repaint", "how", "device", "guide", "reference", "page", "offline"];

/**
 * The module `served-models`. The first model's file is also in the Worker's bundle, since an isolate loads it at its
 * start.
 */
function manifest(models: readonly ModelFolder[]): string {
  const entries = models.map(({ entry }) => entry);
  return [
    "/** Made by worker/node/build.ts. */",
    `export { default as first } from "./${SITE}${assetPath(entries[0])}";`,
    `export const entries = ${JSON.stringify(entries, null, 2)};\n`,
  ].join("\n");
}

/** All files but the models, by their paths in the site. */
async function siteFiles(): Promise<Files> {
  const thread = await script("../widget/thread.ts", "[name]-[hash]", {}); // the hash in its name keeps it in caches for good
  const { name: file, contents } = thread;
  const THREAD: Script = { file, bytes: contents.length, sha256: sha256(contents, "base64") };
  const site = await build({
    ...COMMON,
    entryPoints: [
      { in: here("../site/site.css"), out: "assets/site" },
      { in: here("../site/guide/guide.css"), out: "assets/guide" },
      ...SCRIPTS.map((name) => ({ in: here(`../site/client/${name}.ts`), out: `assets/${name}` })),
      { in: here("../langevin/langevin.css"), out: "assets/langevin" },
      { in: here("../langevin/client/main.ts"), out: "assets/langevin" },
      { in: here("../langevin/client/gif.ts"), out: "assets/gif" },
    ],
    external: ["./display.woff2"],
    define: { THREAD: JSON.stringify(THREAD) },
    write: false,
  });
  const font = fileURLToPath(import.meta.resolve(DISPLAY_FONT));
  packages.add(font);
  const all: (readonly [string, Uint8Array])[] = [
    ...site.outputFiles.map(({ path, contents }) => [relative(resolve(SITE), path), contents] as const),
    ["assets/display.woff2", await readFile(font)],
    [join("assets", file), contents],
    ...(await widgetFiles(THREAD)),
    ...(await Promise.all(
      POSTERS.map(async (name) => [posterPath(name).slice(1), await readFile(here(`../site/wall/${name}.avif`))] as const),
    )),
    [`assets/${LICENCES}`, text(packages.notices())],
  ];
  all.push(await serviceWorker(all));
  return new Map([...all, ["_headers", text(headersFile(all.map(([path]) => `/${path}`)))]]);
}

/** The models that have a poster on the home page. */
const POSTERS = SHIPPED.map((folder) => basename(folder));

/** The font of headlines. */
const DISPLAY_FONT = "@fontsource/bricolage-grotesque/files/bricolage-grotesque-latin-700-normal.woff2";

/** /embed.js, its types and its description. */
async function widgetFiles(THREAD: Script): Promise<[string, Uint8Array][]> {
  const embed = await script("../widget/define.ts", "embed", { THREAD });
  return [
    [embed.name, embed.contents],
    [join("assets", "custom-elements.json"), text(`${JSON.stringify(customElements("embed.js"), null, 2)}\n`)],
    [join("assets", "embed.d.ts"), await readFile(here("../widget/embed.d.ts"))],
  ];
}

/** `names`: the values of the script's declared constants. */
async function script(source: string, entryNames: string, names: Record<string, unknown>): Promise<{ name: string; contents: Uint8Array }> {
  const define = Object.fromEntries(Object.entries(names).map(([name, value]) => [name, JSON.stringify(value)]));
  const { outputFiles } = await build({ ...COMMON, entryPoints: [here(source)], entryNames, define, write: false });
  return { name: basename(outputFiles[0].path), contents: outputFiles[0].contents };
}

const DRAWING = DRAWING_PAGES.map(({ path }) => path);

/**
 * The pages that are kept for offline use: those in the menu and those that other pages link to. Those that draw are also
 * kept as the default model's.
 */
const PAGES = [
  ...new Set([...DRAWING, ...NAVIGATION.flatMap(({ pages }) => pages.map(([path]) => path))]),
  ...DRAWING.map((path) => `${path}?model=`),
  ...GUIDE.map(({ slug }) => `/guide/${slug}`),
  ...SCENES.slice(1).map(({ name }) => `/langevin?scene=${name}`),
  ...LESSONS.map(({ slug }) => `/langevin/lessons/${slug}`),
];

/** The files that the pages themselves load. Models and the drawing thread have a cache of their own. */
const OF_PAGES = /^assets\/[a-z-]+\.(?:js|woff2|avif)$|^embed\.js$/;

/**
 * /service-worker.js. Its bytes change with the site's files and the sources of its pages, so browsers then replace
 * what they keep.
 */
async function serviceWorker(files: readonly (readonly [string, Uint8Array])[]): Promise<readonly [string, Uint8Array]> {
  const hash = createHash("sha256");
  for (const [path, contents] of files) hash.update(path).update(contents);
  for (const folder of ["../site", "../langevin"].map(here)) {
    for (const name of (await readdir(folder, { recursive: true })).sort())
      if (name.endsWith(".ts")) hash.update(await readFile(join(folder, name)));
  }
  const { name, contents } = await script("../site/offline/service-worker.ts", "service-worker", {
    VERSION: hash.digest("hex").slice(0, 8),
    FILES: files.map(([path]) => path).filter((path) => OF_PAGES.test(path)),
    PAGES: PAGES.map((path) => path.slice(1)),
    DRAWING: DRAWING.map((path) => path.slice(1)),
  });
  return [name, contents];
}

/** The file from which Cloudflare's static assets read the headers of their answers. */
const headersFile = (paths: readonly string[]): string =>
  paths
    .map(
      (path) =>
        `${path}\n${Object.entries(staticHeaders(path) ?? {})
          .map(([name, value]) => `  ! ${name}\n  ${name}: ${value}\n`)
          .join("")}`,
    )
    .join("");

const sha256 = (contents: Uint8Array, encoding: "hex" | "base64"): string => createHash("sha256").update(contents).digest(encoding);

const text = (content: string): Uint8Array => new TextEncoder().encode(content);

/** Writes these files to `folder`. Each is replaced in one step, so that nobody reads half a file. */
async function put(folder: string, files: Files): Promise<void> {
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
