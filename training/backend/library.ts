/**
 * TensorFlow's library with the binding and kernels of tfjs-node, as `npx anneal setup-native` puts them into a cache
 * folder of the user: all projects load them from there, and no `npm install` removes them.
 */
import { existsSync } from "node:fs";
import Module, { createRequire } from "node:module";
import { homedir } from "node:os";
import { join } from "node:path";
import type * as TF from "@tensorflow/tfjs";

/** The parts of tfjs-node's backend, and of the binding to TensorFlow's library below it, that are used here. */
export interface NativeBackend {
  binding: {
    readonly TF_ATTR_STRING: number;
    readonly TF_ATTR_INT: number;
    readonly TF_ATTR_FLOAT: number;
    readonly TF_ATTR_BOOL: number;
    readonly TF_ATTR_TYPE: number;
    readonly TF_FLOAT: number;
    executeOp(name: string, attributes: readonly NativeAttribute[], inputs: readonly number[], outputs: number): NativeTensor[];
    createTensor(shape: readonly number[], type: number, values: ArrayBufferView): number;
    deleteTensor(id: number): void;
    loadSavedModel(folder: string, tags: string): number;
    deleteSavedModel(session: number): void;
    runSavedModel(session: number, inputs: readonly number[], inputNames: string, outputNames: string): NativeTensor[];
  };
  getInputTensorIds(tensors: readonly TF.TensorInfo[]): number[];
  getDTypeInteger(type: TF.DataType): number;
  createOutputTensor(output: NativeTensor): TF.Tensor;
}

export interface NativeAttribute {
  readonly name: string;
  readonly type: number;
  readonly value: unknown;
}

export interface NativeTensor {
  readonly id: number;
}

export const VERSIONS = { tfjsNode: "4.22.0", tensorflow: "2.21" } as const;

/** The folder of all that Anneal keeps for this user. */
export function cacheFolder(): string {
  const { XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
  const ofSystem: Partial<Record<NodeJS.Platform, string>> = {
    darwin: join(homedir(), "Library", "Caches"),
    win32: LOCALAPPDATA ?? join(homedir(), "AppData", "Local"),
  };
  return join(XDG_CACHE_HOME || (ofSystem[process.platform] ?? join(homedir(), ".cache")), "anneal");
}

/** The name of the library's folder there. */
export const LIBRARY = `tfjs-node-${VERSIONS.tfjsNode}-tensorflow-${VERSIONS.tensorflow}-${process.platform}-${process.arch}`;

/** tfjs-node within that folder, with the binding and the two libraries. */
export const TFJS_NODE = join("node_modules", "@tensorflow", "tfjs-node");
export const BINDING = join(TFJS_NODE, "lib", "napi-v8", "tfjs_binding.node");

/** What its kernels import of tfjs. */
export const TFJS = ["@tensorflow/tfjs", "@tensorflow/tfjs-core"] as const;

/** Registers the backend "tensorflow" with this process's `@tensorflow/tfjs`. Throws an Error if the library does not load. */
export function registerNative(): void {
  const tf = createRequire(import.meta.url)("@tensorflow/tfjs") as typeof TF;
  if (tf.findBackendFactory("tensorflow")) return;
  const folder = join(cacheFolder(), LIBRARY);
  if (!existsSync(join(folder, BINDING))) throw new Error("it is not set up");
  const requireThere = createRequire(join(folder, TFJS_NODE, "package.json"));
  const binding = requireThere(join(folder, BINDING)) as NativeBackend["binding"];
  // Its own index.js would load a second tfjs and a dozen packages. Its kernels get the tfjs of this process.
  for (const name of TFJS) {
    const path = requireThere.resolve(name);
    requireThere.cache[path] = Object.assign(new Module(path), { exports: tf, loaded: true });
  }
  requireThere("./dist/register_all_kernels.js");
  const { NodeJSKernelBackend } = requireThere("./dist/nodejs_kernel_backend.js") as {
    NodeJSKernelBackend: new (binding: NativeBackend["binding"], packageName: string) => TF.KernelBackend;
  };
  tf.registerBackend("tensorflow", () => new NodeJSKernelBackend(binding, "@tensorflow/tfjs-node"));
}
