/** Builds the files that the Worker serves as they are (dist/site): the page's style and script, the widget and what it loads. */
import { copyFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { type BuildOptions, build } from "esbuild";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const COMMON: BuildOptions = {
  outdir: here("../dist/site"),
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2023",
  logLevel: "warning",
};

/** Throws with esbuild's own account of what is wrong. */
export async function buildSite(): Promise<void> {
  await build({
    ...COMMON,
    entryPoints: [
      { in: here("site/site.css"), out: "assets/site" },
      { in: here("site/client/main.ts"), out: "assets/site" },
      { in: here("widget/define.ts"), out: "embed" },
    ],
  });
  // Each runtime is a file of its own, loaded when it is used.
  await build({ ...COMMON, entryPoints: [here("widget/thread.ts")], outdir: here("../dist/site/assets"), splitting: true });
  const wasm = "ort-wasm-simd-threaded.wasm";
  await copyFile(fileURLToPath(import.meta.resolve(`onnxruntime-web/${wasm}`)), here(`../dist/site/assets/${wasm}`));
}

if (import.meta.main) await buildSite();
