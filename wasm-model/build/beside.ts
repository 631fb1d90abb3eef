/** Builds the package's other parts. They import the library from dist/wasm-model and its dependencies, unbundled. */
import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { dirname, relative, resolve } from "node:path";
import { type BuildOptions, build, type Plugin } from "esbuild";
import { BundledPackages, LICENCES } from "./licences.ts";

const ROOT = resolve(import.meta.dirname, "../..");

const { dependencies, peerDependencies } = JSON.parse(readFileSync(resolve(ROOT, "package.json"), "utf8")) as Record<
  "dependencies" | "peerDependencies",
  object
>;

const bundled = new Map<string, BundledPackages>();

/** Bundles into `folder` of dist, with notices. Imports of wasm-model/, and of dependencies, peers and `external` not `inside`, stay. */
export async function buildBeside(folder: string, options: BuildOptions, inside: readonly string[] = []): Promise<void> {
  const out = resolve(ROOT, "dist", folder);
  const library: Plugin = {
    name: "library",
    setup({ onResolve }) {
      onResolve({ filter: /\/wasm-model\/.*\.ts$/ }, ({ path, importer }) => {
        const source = relative(ROOT, resolve(dirname(importer), path)).replace(/\.ts$/, ".js");
        const file = relative(out, resolve(ROOT, "dist", source));
        return { path: file.startsWith(".") ? file : `./${file}`, external: true };
      });
    },
  };
  const packages = bundled.get(folder) ?? new BundledPackages();
  bundled.set(folder, packages);
  await build({
    ...options,
    outdir: out,
    bundle: true,
    format: "esm",
    legalComments: "none", // they are in the notices
    logLevel: "warning",
    external: [...Object.keys(dependencies), ...Object.keys(peerDependencies), ...(options.external ?? [])].filter(
      (name) => !inside.includes(name),
    ),
    plugins: [library, packages.plugin],
  });
  await writeFile(resolve(out, LICENCES), packages.notices());
}
