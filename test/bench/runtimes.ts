/** All that can run one int8 model, and its other forms, in one process. */

import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import * as ort from "onnxruntime-web/wasm";
import { createEngine, type Engine } from "../../wasm-model/engine/engine.ts";
import type { Denoiser } from "../../wasm-model/model/model.ts";
import type { ModelContents } from "../../wasm-model/model/onnx/writer.ts";
import { openOrtFast, writeOrtFast } from "./ort-fast.ts";

export interface ComparedRuntime {
  readonly name: string;
  readonly denoiser: Pick<Denoiser, "denoise">;
}

export async function engineOf(build: "relaxed" | "plain", model: ModelContents): Promise<Engine> {
  const file = await readFile(new URL(`../../wasm-model/engine/dist/${build}.wasm`, import.meta.url));
  return createEngine(await WebAssembly.compile(file), model);
}

/** onnxruntime-web on the form with Q/DQ behind the convolutions too, which it runs in integers. */
export async function onnxruntimeWeb(model: ModelContents): Promise<ComparedRuntime> {
  return {
    name: "onnxruntime-web, int8 in its fastest form",
    denoiser: await openOrtFast(ort, writeOrtFast(model), model.card.spec),
  };
}

/**
 * The native onnxruntime on one thread: the outer limit. Its package has 300 MB, so it is fetched into the ignored
 * `dist/peers` when it is first compared with. Throws where it cannot be had.
 */
export async function onnxruntimeNode(model: ModelContents): Promise<ComparedRuntime> {
  const folder = new URL("../../dist/peers/", import.meta.url);
  const require = createRequire(folder);
  if (!existsSync(new URL("node_modules/onnxruntime-node", folder))) {
    mkdirSync(folder, { recursive: true });
    const flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
    execFileSync("npm", ["install", "--prefix", fileURLToPath(folder), ...flags, "onnxruntime-node@1.30.0"], { stdio: "inherit" });
  }
  const native: typeof ort = require("onnxruntime-node");
  return {
    name: "onnxruntime-node (native), int8 in its fastest form",
    denoiser: await openOrtFast(native, writeOrtFast(model), model.card.spec),
  };
}
