/** In a browser, bundled: sends its server the hashes of its tasks, or what went wrong. */
import { builds } from "../../wasm-model/engine/simd.ts";
import { drawAll } from "./task.ts";

const result = await drawAll(builds, async (file) => new Uint8Array(await (await fetch(file)).arrayBuffer())).then(
  (hashes) => ({ hashes }),
  (error) => ({ error: String(error) }),
);
await fetch("/", { method: "POST", body: JSON.stringify(result) });
