/** TensorFlow.js on its wasm backend with the registered gradients: what training tests run on, on every machine. */
import { chooseBackend } from "../../training/backend/index.ts";
import type { Tf } from "../../training/network/score-network.ts";

export async function wasmBackend(): Promise<Tf> {
  return (await chooseBackend("wasm")).tf;
}
