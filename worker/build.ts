/** Builds the files that the Worker serves as they are (dist/site): the page's style and script, and the widget. */
import { build } from "esbuild";
import { fileURLToPath } from "node:url";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Throws with esbuild's own account of what is wrong. */
export async function buildSite(): Promise<void> {
  await build({
    entryPoints: [
      { in: here("site/site.css"), out: "assets/site" },
      { in: here("site/client/main.ts"), out: "assets/site" },
    ],
    outdir: here("../dist/site"),
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2023",
    logLevel: "warning",
  });
}

if (import.meta.main) await buildSite();
