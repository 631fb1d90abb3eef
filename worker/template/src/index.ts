import { anneal } from "anneal/hono";
import { Hono } from "hono";
import model from "../models/model.onnx"; // it travels with the Worker

// Puts the outcome of each request into the log, without addresses.
const onEvent = (event: object) => console.log(JSON.stringify(event));

const app = new Hono();
app.route("/", anneal({ models: [model], rateLimit: 4e9, cache: caches.default, onEvent }));

export default app;
