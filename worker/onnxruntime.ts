/** The Worker on onnxruntime-web, to compare: the environment `onnxruntime` of wrangler.toml. */
import wasm from "onnxruntime-web/ort-wasm-simd-threaded.wasm";
import * as ort from "onnxruntime-web/wasm";
import { onnxruntime } from "../wasm-model/runtime/onnxruntime.ts";
import { deployed } from "./deployed.ts";
import { servedModels } from "./models/served.ts";

export default deployed(await servedModels(onnxruntime({ ort, wasm })));
