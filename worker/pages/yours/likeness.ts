/** The Web Worker that says how alike pictures are, and what to expect of them, before they are learned. It loads no TensorFlow.js. */
import { datasetOf } from "./dataset.ts";
import type { Pictures } from "./protocol.ts";

addEventListener("message", ({ data }: MessageEvent<Pictures>) => postMessage(datasetOf(data).alike));
