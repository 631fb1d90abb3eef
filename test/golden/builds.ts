/** Either build of the engine with the shipped model, in one script that needs nothing else: bundled, it runs in any Node and in browsers. */
import file from "../../wasm-model/models/fashion-mnist/model.onnx";
import { engineRuntime } from "../../wasm-model/runtime/engine.ts";
import { builds } from "../../wasm-model/runtime/simd.ts";
import { drawAll, type Hashes } from "./draw.ts";

export type Build = keyof typeof builds;

export const drawWith = (build: Build): Promise<Hashes> => drawAll(file, engineRuntime({ relaxed: builds[build], plain: builds[build] }));
