import { env } from "cloudflare:workers";
import { anneal } from "anneal/hono";
import { Hono } from "hono";
import model from "../models/{model}/model.onnx";
import teacher from "../models/{model}/teacher.onnx";

const app = new Hono();
app.route("/", anneal({ models: [{ student: model, teacher }], rateLimit: 4e9, cache: caches.default, token: env.API_TOKEN }));

export default app;
