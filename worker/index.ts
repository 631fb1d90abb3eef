/** The Worker, on our own engine. */
import { simd } from "../wasm-model/runtime/simd.workerd.ts";
import { deployed } from "./deployed.ts";
import { servedModels } from "./models/served.ts";

export default deployed(await servedModels(simd));
