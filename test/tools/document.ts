/** The OpenAPI document of the Worker with its models, made in Node. `node test/tools/document.ts` prints it. */
import { simd } from "../../wasm-model/runtime/simd.ts";
import { annealOn } from "../../worker/anneal.ts";
import { SHIPPED } from "../../worker/node/build.ts";
import { readModels } from "../../worker/node/folders.ts";

/** What GET /openapi.json answers. */
export async function documentText(): Promise<string> {
  const models = (await readModels(SHIPPED)).map(({ file }) => file);
  const response = await annealOn({ runtime: simd })({ models }).request("/openapi.json");
  return response.text();
}

if (import.meta.main) process.stdout.write(await documentText());
