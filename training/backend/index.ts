/** The training backend: TensorFlow's native library if it loads, else the WASM backend, which runs everywhere, slower. */
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { dirname, sep } from "node:path";
import util from "node:util";
import { UserError } from "../cli/user-error.ts";
import { bfloat16Convolutions, multipliesBfloat16 } from "./bfloat16.ts";
import { graph } from "./graph.ts";
import type { Backend, BackendName } from "./step.ts";
import { wasmBackend } from "./wasm.ts";

/** Activates a backend; "auto" is native if it loads, else wasm. Throws a UserError for a "native" that does not load. */
export async function chooseBackend(wanted: BackendName | "auto"): Promise<Backend> {
  if (wanted === "wasm") return loadWasm("wasm backend (one thread)");
  try {
    return await loadNative();
  } catch (error) {
    const reason = (error as Error).message.split("\n")[0];
    if (wanted === "native") {
      throw new UserError(
        `Expected the native backend to load but it did not (${reason}): build it with \`npx anneal setup-native\`, or use wasm.`,
      );
    }
    return loadWasm(
      `wasm backend (one thread), since the native one, several times faster, does not load (${reason}): see \`npx anneal setup-native\``,
    );
  }
}

let trainInBfloat16: Backend["train"] | undefined;

/** tfjs-node registers itself with `@tensorflow/tfjs`, of which a process has one copy. Throws if it does not load. */
async function loadNative(): Promise<Backend> {
  // TensorFlow 2.21 still prints two lines about oneDNN while it loads, and the only setting that
  // prevents them turns oneDNN off.
  process.env.TF_CPP_MIN_LOG_LEVEL ??= "3";
  // A step runs independent operations at the same time. To divide each of them among all cores as well costs more than
  // it gains: on two cores, a step of 32 colour images took 1.4 times as long (training/LOG.md).
  process.env.TF_NUM_INTRAOP_THREADS ??= String(Math.ceil(availableParallelism() / 2));
  // tfjs-node calls a function that Node 22 deprecates and Node 24 has removed.
  Object.assign(util, { isNullOrUndefined: (value: unknown) => value === null || value === undefined });
  // An optional peer: the indirection keeps the compiler from looking for its types.
  const tfjsNode: string = "@tensorflow/tfjs-node";
  await import(tfjsNode);
  const tf = await import("@tensorflow/tfjs");
  if (!(await tf.setBackend("tensorflow"))) throw new Error("its backend does not start");
  const backend = (train: Backend["train"], precision: string): Backend => ({
    tf,
    name: "native",
    describe: `native backend (TensorFlow's C library through tfjs-node${precision})`,
    train,
    compile: (variables, compute) => graph(tf, variables, (inputs) => train(() => compute(inputs))),
  });
  if (!multipliesBfloat16()) return backend((f) => f(), "");
  trainInBfloat16 ??= bfloat16Convolutions(tf);
  return backend(trainInBfloat16, "; trains with bfloat16 convolutions");
}

async function loadWasm(describe: string): Promise<Backend> {
  const tf = await import("@tensorflow/tfjs");
  const { setWasmPaths } = await import("@tensorflow/tfjs-backend-wasm");
  setWasmPaths(dirname(createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm")) + sep);
  return wasmBackend(tf, describe);
}
