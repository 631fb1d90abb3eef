import { env } from "cloudflare:workers";
import { anneal, ready, settingsFrom } from "anneal/hono";
import { Hono } from "hono";
import models from "./models";

const app = new Hono();
const service = anneal({ models, cache: caches.default, ...settingsFrom(env) }); // the variables of wrangler.toml
app.route("/", await ready(service));

export default app;
