/** The Worker: the service with the shipped models. */
import { env } from "cloudflare:workers";
import { Hono } from "hono";
import models from "site-models";
import avatars from "../wasm-model/models/avatars/model.onnx"; // it travels with the Worker
import { anneal, ready, settingsFrom } from "./hono.workerd.ts";

const app = new Hono();
const service = anneal({ models: [avatars, ...models], cache: caches.default, ...settingsFrom(env) });
app.route("/", await ready(service));

export default app;
