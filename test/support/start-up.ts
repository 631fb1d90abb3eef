/** Which modules a Worker evaluates while it starts, before any request. */
import { resolve } from "node:path";
import { build } from "esbuild";

const ENTRY = resolve(import.meta.dirname, "../../worker/index.ts");

export interface StartUp {
  /** Paths of the modules that are evaluated: those that no `import()` puts off. */
  readonly evaluated: readonly string[];
  /** How many modules there are in all. */
  readonly modules: number;
}

export async function startUp(): Promise<StartUp> {
  const { metafile } = await build({
    entryPoints: [ENTRY],
    bundle: true,
    format: "esm",
    platform: "browser",
    conditions: ["workerd"],
    external: ["served-models", "*.wasm", "*.onnx", "node:*", "cloudflare:*"],
    metafile: true,
    write: false,
    logLevel: "error",
  });
  const { inputs } = metafile;
  const evaluated = new Set<string>();
  const visit = (path: string): void => {
    if (evaluated.has(path) || !inputs[path]) return;
    evaluated.add(path);
    for (const { path: next, kind, external } of inputs[path].imports) if (!external && kind !== "dynamic-import") visit(next);
  };
  visit(Object.keys(inputs).find((path) => path.endsWith("worker/index.ts"))!);
  return { evaluated: [...evaluated], modules: Object.keys(inputs).length };
}
