/**
 * Builds the Worker's parts of the package: the site's files, the widget for pages that bundle it, and the service for
 * Hono applications.
 */
import { copyFile, cp, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "esbuild";
import { buildBeside } from "../../wasm-model/build/beside.ts";
import { buildSite } from "./build.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The element is a file of its own, which a bundler loads when a component asks for it. */
const besideElement: Plugin = {
  name: "element",
  setup: ({ onResolve }) => onResolve({ filter: /^\.\/package\.ts$/ }, () => ({ path: "./element.js", external: true })),
};

await buildSite();

await copyFile(here("../../dist/site/element.js"), here("../../dist/element.js"));
await copyFile(here("../element/embed.d.ts"), here("../../dist/element.d.ts"));

await build({
  ...{ bundle: true, format: "esm", target: "es2023", logLevel: "warning" },
  entryPoints: [here("../element/react.ts")],
  outfile: here("../../dist/react.js"),
  banner: { js: '"use client";' },
  external: ["react"],
  plugins: [besideElement],
});
const reactTypes = await readFile(here("../../dist/types/element/react.d.ts"), "utf8");
await writeFile(here("../../dist/react.d.ts"), reactTypes.replaceAll('"./embed.d.ts"', '"./element.js"'));

await buildBeside("hono", { entryPoints: [here("hono.ts")], platform: "node", target: "node20" });
await buildBeside("hono", {
  entryPoints: [here("../hono.workerd.ts")],
  platform: "neutral",
  mainFields: ["module", "main"],
  conditions: ["workerd"],
});
await copyFile(here("../service/hono.d.ts"), here("../../dist/hono/hono.d.ts"));

const verbs = ["dev", "new", "add"].map((verb) => here(`${verb}.ts`));
await buildBeside("node", { entryPoints: verbs, platform: "node", target: "node20", minify: true }, ["hono"]);
await cp(here("../template"), here("../../dist/template"), { recursive: true });
