/** The Worker on onnxruntime-web, to compare: the environment `onnxruntime` of wrangler.toml. */
import wasm from "onnxruntime-web/ort-wasm-simd-threaded.wasm";
import * as ort from "onnxruntime-web/wasm";
import { onnxruntime } from "../wasm-model/runtime/onnxruntime.ts";
import { createApp } from "./app.ts";
import { readyModels } from "./models/ready.ts";

export default createApp(await readyModels(onnxruntime({ ort, wasm })));
