/** For the builds of the other folders' parts of the package: the library stays beside them, in dist/wasm-model, and packages of package.json stay packages. */
import { readFileSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { type BuildOptions, build, type Plugin } from "esbuild";

const ROOT = resolve(import.meta.dirname, "..");

/** Of package.json. */
interface Manifest {
  readonly dependencies: object;
  readonly peerDependencies: object;
}

const { dependencies, peerDependencies } = JSON.parse(readFileSync(resolve(ROOT, "package.json"), "utf8")) as Manifest;

/** Bundles into `folder` of dist. Imports of wasm-model/ become imports of its compiled files; the package's dependencies and peers stay imports, but for those `inside`. */
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
  await build({
    ...options,
    outdir: out,
    bundle: true,
    format: "esm",
    legalComments: "linked",
    logLevel: "warning",
    external: [...Object.keys(dependencies), ...Object.keys(peerDependencies)].filter((name) => !inside.includes(name)),
    plugins: [library],
  });
}
