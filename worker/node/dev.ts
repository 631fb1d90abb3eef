/**
 * `anneal dev [models...]`: serves models on this machine, in Node: the first one is the default. In a clone it builds
 * the site first, and serves the shipped models by default.
 */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { DEFAULT_MODEL } from "../../wasm-model/model/model.ts";
import { fail, readModels, settings } from "./folders.ts";
import { anneal } from "./hono.ts";

const HOST = "127.0.0.1";

const { models, port } = settings<{ readonly models: readonly string[]; readonly port: number }>();
const build = new URL("build.ts", import.meta.url); // not in the package, which has the site built
const clone = existsSync(build) ? ((await import(build.href)) as typeof import("./build.ts")) : undefined;
const shipped = clone?.SHIPPED ?? [fileURLToPath(import.meta.resolve(`anneal/models/${DEFAULT_MODEL}.onnx`))];
const served = await readModels(models.length > 0 ? models : shipped);
await clone?.buildSite();
const app = new Hono().route("/", anneal({ models: served.map(({ file }) => file) }));

const server = serve({ fetch: app.fetch, hostname: HOST, port }, (address) =>
  console.log(
    `Anneal is at http://localhost:${address.port}/ (Ctrl-C stops it), an image at http://localhost:${address.port}/sample?seed=alice`,
  ),
);
server.on("error", ({ message }) => fail(`Expected a free port for \`port\` but received ${port}: ${message}`));
// npm passes a signal on to the shell that started this process, but the shell does not pass it on.
const starter = process.ppid;
setInterval(() => process.ppid !== starter && process.exit(), 500).unref();
