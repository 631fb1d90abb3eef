/** `anneal dev [models...]`: serves models on this machine, in Node: the first one is the default. */
import { fileURLToPath } from "node:url";
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import type { ModelVersions } from "../http/hono-options.ts";
import { assetPath, type ModelEntry } from "../models/entry.ts";
import { type ModelFolder, readModels } from "./folders.ts";
import { anneal } from "./hono.ts";
import { fail, orFail, settings } from "./verb.ts";

const HOST = "127.0.0.1";

const { models, port } = settings<{ readonly models: readonly string[]; readonly port: number }>();
const paths = models.length > 0 ? models : [fileURLToPath(import.meta.resolve("anneal/models/fashion-mnist.onnx"))];
const app = new Hono().route("/", anneal({ models: (await orFail(readModels(paths))).map(withVersions) }));

const server = serve({ fetch: app.fetch, hostname: HOST, port }, (address) =>
  console.log(`Anneal is at http://localhost:${address.port}/ (Ctrl-C stops it)`),
);
server.on("error", ({ message }) => fail(`Expected a free port for \`port\` but received ${port}: ${message}`));
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => process.exit(signal === "SIGINT" ? 130 : 143));

function withVersions({ entry, files }: ModelFolder): ModelVersions {
  const fileOf = (version: ModelEntry) => files.get(assetPath(version))!;
  return { current: fileOf(entry), earlier: (entry.earlier ?? []).map(fileOf) };
}
