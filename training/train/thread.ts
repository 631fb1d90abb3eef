/** The program of the second thread (second-thread.ts). */
import { parentPort, workerData } from "node:worker_threads";
import { chooseBackend } from "../backend/index.ts";
import { networkGradient, type Question } from "../learning/gradient.ts";
import type { SecondNetwork } from "./second-thread.ts";

const { spec, constants, guidance } = workerData as SecondNetwork;
const backend = await chooseBackend("wasm");
const gradient = networkGradient(backend, spec, constants, guidance);

parentPort?.on("message", async (question: Question) => {
  const answer = await gradient.of(...question);
  parentPort?.postMessage(answer, [answer.gradient.buffer as ArrayBuffer]);
});
