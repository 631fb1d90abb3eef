/** Provides the engine's module for drawing to tests of the library. */
import "../../wasm-model/engine/simd.workerd.ts";
