/**
 * Builds the package's command line, dist/training: JavaScript that any Node runs, with a chunk for each verb. The library stays beside it, in dist/wasm-model, and
 * dependencies and optional peers stay packages of their own; all else is inside.
 */
import { cp, readFile, rm } from "node:fs/promises";
import { dirname, relative, resolve } from "node:path";
import { build, type Plugin } from "esbuild";

const ROOT = resolve(import.meta.dirname, "..");
const OUT = resolve(ROOT, "dist/training");

/** Of package.json. */
interface Manifest {
  readonly dependencies: object;
  readonly peerDependencies: object;
}

const { dependencies, peerDependencies } = JSON.parse(await readFile(resolve(ROOT, "package.json"), "utf8")) as Manifest;

/** Imports of wasm-model/ become imports of its compiled files. */
const library: Plugin = {
  name: "library",
  setup({ onResolve }) {
    onResolve({ filter: /\/wasm-model\/.*\.ts$/ }, ({ path, importer }) => {
      const source = relative(ROOT, resolve(dirname(importer), path));
      return { path: `../${source.replace(/\.ts$/, ".js")}`, external: true };
    });
  },
};

await rm(OUT, { recursive: true, force: true });
await build({
  entryPoints: [resolve(import.meta.dirname, "anneal.ts")],
  outdir: OUT,
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node22",
  external: [...Object.keys(dependencies), ...Object.keys(peerDependencies)],
  plugins: [library],
  banner: { js: 'import { createRequire as requireFrom } from "node:module"; const require = requireFrom(import.meta.url);' }, // of CommonJS packages
  legalComments: "linked",
  logLevel: "warning",
});
await cp(resolve(import.meta.dirname, "evaluate/classifiers"), resolve(OUT, "classifiers"), { recursive: true });
