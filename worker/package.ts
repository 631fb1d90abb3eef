/** Builds what the package has of the Worker: dist/element.js, the widget for pages that bundle it. */
import { copyFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { type BuildOptions, build } from "esbuild";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const COMMON: BuildOptions = { bundle: true, format: "esm", target: "es2023", logLevel: "warning" };

const { outputFiles } = await build({ ...COMMON, entryPoints: [here("widget/package-thread.ts")], minify: true, write: false });
await build({
  ...COMMON,
  entryPoints: [here("widget/package.ts")],
  outfile: here("../dist/element.js"),
  define: { THREAD_SCRIPT: JSON.stringify(outputFiles[0].text) },
});
await copyFile(here("widget/embed.d.ts"), here("../dist/element.d.ts"));
