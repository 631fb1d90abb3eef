import { env } from "cloudflare:workers";
import { anneal } from "anneal/hono";
import { Hono } from "hono";

// The model travels with the Worker.{imports}

const app = new Hono();
app.route("/", anneal({ models: [model], rateLimit: 4e9, cache: caches.default, token: env.API_TOKEN, log: true }));

export default app;
