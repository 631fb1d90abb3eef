import { env } from "cloudflare:workers";
import { anneal, ready, settingsFrom } from "anneal/hono";
import { Hono } from "hono";
import model from "../models/model.onnx"; // it travels with the Worker

const app = new Hono();
const service = anneal({ models: [model], cache: caches.default, ...settingsFrom(env) }); // the variables of wrangler.toml
app.route("/", await ready(service));

export default app;
