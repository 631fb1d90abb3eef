/** The Worker on onnxruntime-web, to compare: the environment `onnxruntime` of wrangler.toml. */
import wasm from "onnxruntime-web/ort-wasm-simd-threaded.wasm";
import * as ort from "onnxruntime-web/wasm";
import { onnxruntime } from "../wasm-model/runtime/onnxruntime.ts";
import { environmentOf } from "./bindings.ts";
import { servedModels } from "./models/served.ts";
import { service } from "./service.ts";

export default service(await servedModels(onnxruntime({ ort, wasm })), ({ env }) => environmentOf(env));
