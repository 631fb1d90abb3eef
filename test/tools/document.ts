/** The OpenAPI document of the Worker with its models, made in Node. `node test/tools/document.ts` prints it. */
import { readFile } from "node:fs/promises";
import { registerHooks } from "node:module";
import { simd } from "../../wasm-model/runtime/simd.ts";

/** Serves the models that `worker/build.ts` copies into the assets. */
const ASSETS = {
  fetch: async (url: string) => new Response(await readFile(new URL(`../../wasm-model${new URL(url).pathname}`, import.meta.url))),
};

/** What GET /openapi.json answers. */
export async function documentText(): Promise<string> {
  importModels();
  const { createApp } = await import("../../worker/app.ts");
  const { servedModels } = await import("../../worker/models/served.ts");
  const response = await createApp(await servedModels(simd)).request("/openapi.json", {}, { ASSETS });
  return response.text();
}

/** Makes `import` of a model give its bytes, as wrangler's bundler does. */
function importModels(): void {
  registerHooks({
    load(url, context, next) {
      if (!url.endsWith(".onnx")) return next(url, context);
      const source = `import { readFileSync } from "node:fs"; export default new Uint8Array(readFileSync(new URL(${JSON.stringify(url)}))).buffer;`;
      return { format: "module", shortCircuit: true, source };
    },
  });
}

if (import.meta.main) process.stdout.write(await documentText());
