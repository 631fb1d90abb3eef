/** The Worker, on our own engine. */
import { simd } from "../wasm-model/runtime/simd.workerd.ts";
import { environmentOf } from "./bindings.ts";
import { servedModels } from "./models/served.ts";
import { service } from "./service.ts";

export default service(await servedModels(simd), ({ env }) => environmentOf(env));
