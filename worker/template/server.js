// The service in Node, as Dockerfile runs it: PORT=8080 node server.js
import { readdirSync, readFileSync } from "node:fs";
import { createAdaptorServer } from "@hono/node-server";
import { getConnInfo } from "@hono/node-server/conninfo";
import { anneal, ready, settingsFrom } from "anneal/hono";
import { Hono } from "hono";

const port = wholeNumber("PORT", "8080", 65_535);
const drain = wholeNumber("DRAIN", "5", 3600); // seconds between SIGTERM and the end, in which /health answers 503
const proxies = wholeNumber("TRUST_PROXY", "0", 16); // how many proxies of yours stand in front
const clients = proxies === 0 ? { client: (c) => getConnInfo(c).remote.address ?? "" } : { trustProxy: proxies };
const folder = new URL("models/", import.meta.url);
const files = new Set(["model.onnx", ...readdirSync(folder).filter((file) => file.endsWith(".onnx"))]); // the first is the default

let isEnding = false;
const app = new Hono();
app.use(async (c, next) => {
  await next();
  if (isEnding) c.header("Connection", "close"); // so that nobody's next request meets a closed connection
});
app.use("/health", (c, next) => (isEnding ? c.text("ending", 503) : next()));
try {
  const models = [...files].map((file) => readFileSync(new URL(file, folder)));
  const service = anneal({ models, ...settingsFrom({ RATE_LIMIT: 4e9, LOG: true, ...process.env }), ...clients });
  app.route("/", await ready(service));
} catch (error) {
  fail(error.message);
}

// HTTP/1.0 may come without a Host; what is too long for the service shall reach it, so that it says so
const server = createAdaptorServer({ fetch: app.fetch, hostname: "localhost", serverOptions: { maxHeaderSize: 65_536 } });
server.on("error", (error) => fail(`Expected a free port for PORT but received ${port}: ${error.message}`));
server.listen(port, () => {
  const own = server.address().port;
  console.error(`Anneal is at http://localhost:${own}/, and at port ${own} of this machine's other addresses`); // the log alone goes to stdout
});
process.on("SIGINT", stop);
process.on("SIGTERM", end);
const starter = process.ppid; // npm passes a signal on to its shell, which ends without passing it on
if (process.env.npm_lifecycle_event) setInterval(() => process.ppid !== starter && end(), 500).unref();

function end() {
  if (isEnding) return;
  isEnding = true; // until proxies have seen it, requests are still answered
  setTimeout(stop, drain * 1000);
}

function stop() {
  server.close(() => process.exit());
  setTimeout(() => server.closeAllConnections(), 4000); // of clients that do not end
}

function wholeNumber(variable, usual, most) {
  const text = process.env[variable] ?? usual;
  if (/^\d+$/.test(text) && Number(text) <= most) return Number(text);
  return fail(`Expected a whole number from 0 to ${most} for ${variable} but received "${text}"`);
}

function fail(message) {
  console.error(message);
  process.exit(2);
}
