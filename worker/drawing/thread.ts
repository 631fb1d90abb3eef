/** The Web Worker that draws, in one file with our own engine. */
import { simd } from "../../wasm-model/engine/simd.ts";
import type { Port } from "./rpc.ts";
import { serve } from "./serve.ts";

serve(globalThis as unknown as Port, simd);
