/** onnxruntime-web with its WebAssembly from the folder that this script is served from. */
import * as ort from "onnxruntime-web/wasm";
import { onnxruntime } from "../../../wasm-model/runtime/onnxruntime.ts";

/** Set by the build: name of the file. */
declare const ONNXRUNTIME_WASM: string;

export const runtime = onnxruntime({ ort, wasm: new URL(ONNXRUNTIME_WASM, import.meta.url).href });
