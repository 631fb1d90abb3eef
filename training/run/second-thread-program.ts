/** The program of the second thread (second-thread.ts). */
import { parentPort, workerData } from "node:worker_threads";
import { chooseBackend } from "../backend/index.ts";
import { type GradientRequest, networkGradient } from "../learning/gradient.ts";
import type { SecondNetwork } from "./second-thread.ts";

const { spec, constants, guidance, pretrained } = workerData as SecondNetwork;
const backend = await chooseBackend("wasm");
const network = networkGradient(backend, spec, constants, guidance, pretrained);

parentPort?.on("message", async (request: GradientRequest) => {
  const answer = await network.gradientOf(...request);
  parentPort?.postMessage(answer, [answer.gradient.buffer as ArrayBuffer]);
});
