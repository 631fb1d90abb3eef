import { env } from "cloudflare:workers";
import { anneal, settingsFrom } from "anneal/hono";
import { Hono } from "hono";
import model from "../models/model.onnx"; // it travels with the Worker

const app = new Hono();
app.route("/", anneal({ models: [model], cache: caches.default, ...settingsFrom(env) })); // the variables of wrangler.toml

export default app;
