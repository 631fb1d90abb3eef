/** Builds the files that the Worker serves as they are (dist/site): the page's style and script, the widget and what it loads, models. */
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { type BuildOptions, build } from "esbuild";
import { modelPath, STORED } from "./models/stored.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const SITE = here("../dist/site");

const COMMON: BuildOptions = {
  outdir: SITE,
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2023",
  logLevel: "warning",
};

type Files = ReadonlyMap<string, Uint8Array>;

/** Throws with esbuild's own account of what is wrong. A Worker may serve the folder meanwhile, and others build it: what is right already stays untouched. */
export async function buildSite(): Promise<void> {
  await fill(SITE, await siteFiles());
}

/** By their paths in dist/site. */
async function siteFiles(): Promise<Files> {
  const wasm = "ort-wasm-simd-threaded.wasm";
  const bundles = [
    {
      entryPoints: [
        { in: here("site/site.css"), out: "assets/site" },
        { in: here("site/client/main.ts"), out: "assets/site" },
        { in: here("widget/define.ts"), out: "embed" },
        { in: here("site/client/reference.ts"), out: "assets/reference" },
        { in: fileURLToPath(import.meta.resolve("swagger-ui-dist/swagger-ui.css")), out: "assets/reference" },
      ],
    },
    // Each runtime is a file of its own, loaded when it is used.
    { entryPoints: [here("widget/thread.ts")], outdir: join(SITE, "assets"), splitting: true },
  ];
  const built = await Promise.all(bundles.map((options) => build({ ...COMMON, ...options, write: false })));
  return new Map([
    ...built.flatMap(({ outputFiles }) => outputFiles).map(({ path, contents }) => [relative(SITE, path), contents] as const),
    [join("assets", wasm), await readFile(fileURLToPath(import.meta.resolve(`onnxruntime-web/${wasm}`)))],
    ...(await Promise.all(
      STORED.map(async (name) => [modelPath(name).slice(1), await readFile(here(`../wasm-model${modelPath(name)}`))] as const),
    )),
  ]);
}

/** Makes `folder` hold these files and no others. Each changes in one step, so that nobody reads half of it. */
async function fill(folder: string, files: Files): Promise<void> {
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
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && !files.has(relative(folder, path))) await rm(path, { force: true });
  }
}

if (import.meta.main) await buildSite();
