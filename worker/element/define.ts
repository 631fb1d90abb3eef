/**
 * The script /embed.js: registers `<anneal-sample>`. Without `src` the service that this script came from draws; where there
 * is none, as on a host that has nothing but files, the model in the file pixels.onnx beside it. Without a DOM, as in
 * server-side rendering, it does nothing.
 */
import { DEFAULT_MODEL } from "../../wasm-model/model/model.ts";
import { drawInThread, startThread } from "../drawing/device.ts";
import { register } from "./element.ts";

const server = new URL(".", import.meta.url);

register("anneal-sample", drawInThread(startThread), { server: server.href, file: new URL(`${DEFAULT_MODEL}.onnx`, server).href });
