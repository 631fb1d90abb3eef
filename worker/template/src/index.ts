import { env } from "cloudflare:workers";
import { anneal } from "anneal/hono";
import { Hono } from "hono";
import model from "../models/{model}/model.onnx";

const app = new Hono();
app.route("/", anneal({ models: [model], rateLimit: 4e9, cache: caches.default, token: env.API_TOKEN }));

export default app;
