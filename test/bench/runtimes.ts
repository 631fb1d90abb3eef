/** What runs a model in Node alone: native onnxruntime, and TensorFlow.js by the backend that training has. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import type * as Ort from "onnxruntime-web/wasm";
import { placeWeights, tensorOps } from "../../training/network/score-network.ts";
import type { ModelContents } from "../../wasm-model/model/onnx/writer.ts";
import { scoreNetwork } from "../../wasm-model/network/network.ts";
import type { Weights } from "../../wasm-model/network/quantization.ts";
import type { ComparedRuntime } from "./evaluations.ts";
import { openOrtFast, writeOrtFast } from "./ort-fast.ts";

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
  const native: typeof Ort = require("onnxruntime-node");
  return {
    name: "onnxruntime-node (native), int8 in its fastest form",
    denoiser: await openOrtFast(native, writeOrtFast(model), model.card.spec),
  };
}

/**
 * TensorFlow.js on its wasm backend, fp32, with its own kernels and not with training's. Filters are used as they are: unlike
 * training, inference need not normalize them each time.
 */
export async function tfjsWasm({ card: { spec }, weights }: ModelContents): Promise<ComparedRuntime> {
  const tf = await import("@tensorflow/tfjs");
  setWasmPaths(dirname(createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm")) + sep);
  await tf.setBackend("wasm");
  const placed = placeWeights(tf, spec, dequantized(weights).floats);
  type Tensor = ReturnType<typeof tf.tensor>;
  const filter = (path: string) => placed.get(path) as Tensor;
  const ops = {
    ...tensorOps(tf, placed),
    linear: (v: Tensor, path: string) => tf.matMul(v, filter(path)),
    conv: (x: Tensor, path: string): Tensor => tf.conv2d(x as never, filter(path) as never, 1, "same"),
  };
  return {
    name: "tfjs-wasm, fp32",
    denoiser: {
      denoise(x, sigma, labels) {
        const batch = labels.length / spec.classes;
        return tf.tidy(() => {
          const maps = tf.transpose(tf.tensor(x, [batch, spec.channels, spec.height, spec.width]), [0, 2, 3, 1]);
          const input = { x: maps, sigma: tf.fill([batch, 1], sigma), label: tf.tensor(labels, [batch, spec.classes]) };
          return tf.transpose(scoreNetwork(ops, spec, input), [0, 3, 1, 2]).dataSync() as Float32Array;
        });
      },
    },
  };
}

function dequantized({ floats, convolutions }: Weights): Weights {
  const filters = [...convolutions].map(([path, { weights, scales }]): [string, Float32Array] => {
    const fanIn = weights.length / scales.length;
    return [path, Float32Array.from(weights, (weight, i) => weight * scales[Math.floor(i / fanIn)])];
  });
  return { floats: new Map([...floats, ...filters]), convolutions: new Map() };
}
