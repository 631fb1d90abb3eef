/** Provides the engine's module for drawing to tests of the library. */
import { afterEach } from "vitest";
import "../../wasm-model/engine/simd.workerd.ts";
import { release } from "./answers.ts";

afterEach(release);
