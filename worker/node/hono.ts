/** `anneal/hono` in Node and whatever else reads files as it does: the site's files are those of the package. */
import { readFile } from "node:fs/promises";
import { extname } from "node:path";
import { simd } from "../../wasm-model/runtime/simd.ts";
import type { Assets } from "../env.ts";
import { annealOn } from "../hono-service.ts";

/** The package's own folder. */
const PACKAGE = import.meta.resolve("anneal/package.json");

/** Of the files in dist/site. */
const TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".ts": "text/plain; charset=utf-8",
};

const site: Assets = {
  async fetch(request) {
    const { pathname } = new URL(typeof request === "string" ? request : request.url);
    const file = await readFile(new URL(`dist/site${pathname}`, PACKAGE)).catch(() => undefined);
    if (!file) return new Response(null, { status: 404 });
    return new Response(file, { headers: { "Content-Type": TYPES[extname(pathname)] ?? "application/octet-stream" } });
  },
};

export const anneal = annealOn({ runtime: simd, site: () => site });
