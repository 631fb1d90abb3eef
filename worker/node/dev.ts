/** `anneal dev [folder...]`: serves models on this machine, in Node: the first folder's model is the default. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import type { AnnealOptions } from "../hono-options.ts";
import { fail } from "./fail.ts";
import { filesAt } from "./files-at.ts";
import { anneal } from "./hono.ts";

const HOST = "127.0.0.1";

const { values, positionals } = parseArgs({ options: { port: { type: "string", default: "8787" } }, allowPositionals: true });
const files = positionals.length > 0 ? positionals : [fileURLToPath(import.meta.resolve("anneal/models/fashion-mnist.onnx"))];
const app = new Hono().route("/", service());

const server = serve({ fetch: app.fetch, hostname: HOST, port: Number(values.port) }, ({ port }) =>
  console.log(`Anneal is at http://localhost:${port}/ (Ctrl-C stops it)`),
);
server.on("error", ({ message }) => fail(`Expected a free port for \`port\` but received ${values.port}: ${message}`));
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => process.exit(signal === "SIGINT" ? 130 : 143));

function service(): Hono {
  try {
    return anneal({ models: files.map(read) });
  } catch (error) {
    return fail((error as Error).message);
  }
}

/** A model's file, and its teacher's beside it. */
function read(path: string): AnnealOptions["models"][number] {
  const { model, teacher } = filesAt(path);
  try {
    const file = new Uint8Array(readFileSync(model));
    return teacher === undefined ? file : { student: file, teacher: new Uint8Array(readFileSync(teacher)) };
  } catch (error) {
    throw new Error(`Expected a folder with model.onnx for \`folder\` but received "${path}": ${(error as Error).message}`);
  }
}
