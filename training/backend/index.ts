/** The training backend: TensorFlow's native library if it loads, else the WASM backend, which runs everywhere, slower. */
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { dirname, sep } from "node:path";
import util from "node:util";
import { UserError } from "../cli/user-error.ts";
import { bfloat16Convolutions, multipliesBfloat16 } from "./bfloat16.ts";
import { graph } from "./graph.ts";
import { registerNative } from "./library.ts";
import type { Backend, BackendName } from "./step.ts";
import { wasmBackend } from "./wasm.ts";

/** How much slower WASM is, by CPU time on an AMD EPYC (Zen 5): `npm run bench -- training`. */
export const WASM_SLOWDOWN = 3;

/** Activates a backend; "auto" is native if it loads, else wasm. Throws a UserError for a "native" that does not load. */
export async function chooseBackend(wanted: BackendName | "auto"): Promise<Backend> {
  const wasm = `backend: WASM, about ${WASM_SLOWDOWN} TIMES SLOWER than native`;
  if (wanted === "wasm") return loadWasm(`${wasm} (--backend wasm)`);
  try {
    return await loadNative();
  } catch (error) {
    const reason = (error as Error).message.split("\n")[0];
    if (wanted === "native") throw new UserError(`The native backend does not load (${reason}): run \`npx anneal setup-native\``);
    return loadWasm(`${wasm}, which does not load (${reason}): \`npx anneal setup-native\` sets it up`);
  }
}

let inBfloat16: (<R>(f: () => R) => R) | undefined;

/** Throws if the library does not load. */
async function loadNative(): Promise<Backend> {
  // TensorFlow 2.21 still prints two lines about oneDNN while it loads, and the only setting that
  // prevents them turns oneDNN off.
  process.env.TF_CPP_MIN_LOG_LEVEL ??= "3";
  // A step runs independent operations at the same time. To divide each of them among all cores as well costs more than
  // it gains: on two cores, a step of 32 colour images took 1.4 times as long (training/LOG.md).
  process.env.TF_NUM_INTRAOP_THREADS ??= String(Math.ceil(availableParallelism() / 2));
  // tfjs-node calls functions that Node 22 deprecates, and of which Node 24 has removed the first.
  Object.assign(util, { isNullOrUndefined: (value: unknown) => value === null || value === undefined, isArray: Array.isArray });
  registerNative();
  const tf = await import("@tensorflow/tfjs");
  if (!(await tf.setBackend("tensorflow"))) throw new Error("its backend does not start");
  const backend = (run: <R>(f: () => R) => R, precision: string): Backend => ({
    tf,
    name: "native",
    describe: `backend: native (TensorFlow's C library${precision})`,
    compile: (variables, compute) => graph(tf, variables, (inputs) => run(() => compute(inputs))),
  });
  if (!multipliesBfloat16()) return backend((f) => f(), "");
  inBfloat16 ??= bfloat16Convolutions(tf);
  return backend(inBfloat16, "; trains with bfloat16 convolutions");
}

async function loadWasm(describe: string): Promise<Backend> {
  const tf = await import("@tensorflow/tfjs");
  const { setWasmPaths } = await import("@tensorflow/tfjs-backend-wasm");
  setWasmPaths(dirname(createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm")) + sep);
  return wasmBackend(tf, describe);
}
