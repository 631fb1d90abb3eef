/** The Worker, on our own engine. */
import { simd } from "../wasm-model/runtime/simd.workerd.ts";
import { createApp } from "./app.ts";
import { servedModels } from "./models/served.ts";

export default createApp(await servedModels(simd));
