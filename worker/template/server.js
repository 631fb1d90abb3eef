// The service in Node, as Dockerfile runs it: PORT=8080 node server.js
import { readdirSync, readFileSync } from "node:fs";
import { serve } from "@hono/node-server";
import { getConnInfo } from "@hono/node-server/conninfo";
import { anneal, ready, settingsFrom } from "anneal/hono";
import { Hono } from "hono";

const { PORT = "8080", TRUST_PROXY = "0" } = process.env; // TRUST_PROXY: how many proxies of yours stand in front
const folder = new URL("models/", import.meta.url);
const files = new Set(["model.onnx", ...readdirSync(folder).filter((file) => file.endsWith(".onnx"))]); // the first is the default
const models = [...files].map((file) => readFileSync(new URL(file, folder)));

const proxies = Number(TRUST_PROXY);
const clients = proxies === 0 ? { client: (c) => getConnInfo(c).remote.address ?? "" } : { trustProxy: proxies };
const app = new Hono();
const service = anneal({ models, ...settingsFrom({ RATE_LIMIT: 4e9, LOG: true, ...process.env }), ...clients });
app.route("/", await ready(service));

const server = serve({ fetch: app.fetch, port: Number(PORT) });
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => server.close(() => process.exit()));
