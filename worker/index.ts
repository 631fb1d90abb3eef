/** The Worker: the service with the shipped models, which travel with it. */
import { env } from "cloudflare:workers";
import { Hono } from "hono";
import avatars from "../wasm-model/models/avatars/model.onnx";
import cifar10 from "../wasm-model/models/cifar10/model.onnx";
import fashion from "../wasm-model/models/fashion-mnist/model.onnx";
import mnist from "../wasm-model/models/mnist/model.onnx";
import { anneal, ready, settingsFrom } from "./hono.workerd.ts";

const app = new Hono();
const service = anneal({ models: [avatars, fashion, mnist, cifar10], cache: caches.default, ...settingsFrom(env) });
app.route("/", await ready(service));

export default app;
