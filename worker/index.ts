/** The Worker, on our own engine. */
import { simd } from "../wasm-model/runtime/simd.workerd.ts";
import { createApp } from "./app.ts";
import { readyModels } from "./models/ready.ts";

export default createApp(await readyModels(simd));
