/** The OpenAPI document of the Worker with its models, made in Node. `node test/tools/document.ts` prints it. */
import { simd } from "../../wasm-model/runtime/simd.ts";
import { createApp } from "../../worker/app.ts";
import { ReadyModels } from "../../worker/models/ready.ts";
import { SHIPPED } from "../../worker/node/build.ts";
import { readModels } from "../../worker/node/folders.ts";

/** What GET /openapi.json answers. */
export async function documentText(): Promise<string> {
  const entries = (await readModels(SHIPPED)).map(({ entry }) => entry);
  const response = await createApp(new ReadyModels({ entries, runtime: simd })).request("/openapi.json", {}, {});
  return response.text();
}

if (import.meta.main) process.stdout.write(await documentText());
