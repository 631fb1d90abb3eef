/** `anneal/hono` in Node and hosts that read files like Node. The site's files come from the package. */
import { readFile } from "node:fs/promises";
import { simd } from "../../wasm-model/runtime/simd.ts";
import { annealOn } from "../hono-service.ts";
import type { Assets } from "../http/env.ts";

/** The package's own folder. */
const PACKAGE = import.meta.resolve("anneal/package.json");

const site: Assets = {
  async fetch(request) {
    const { pathname } = new URL(typeof request === "string" ? request : request.url);
    const file = await readFile(new URL(`dist/site${pathname}`, PACKAGE)).catch(() => undefined);
    return file ? new Response(file) : new Response(null, { status: 404 });
  },
};

export const anneal = annealOn({ runtime: simd, site: () => site });
