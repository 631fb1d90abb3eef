/** onnxruntime-web with its WebAssembly from the folder that this script is served from. */
import * as ort from "onnxruntime-web/wasm";
import { onnxruntime } from "../../../wasm-model/runtime/onnxruntime.ts";

export const runtime = onnxruntime({ ort, wasm: new URL("ort-wasm-simd-threaded.wasm", import.meta.url).href });
