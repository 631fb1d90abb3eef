/** `anneal/hono` in Node and on hosts that read files as Node does. The site's files come from the package. */
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { simd } from "../../wasm-model/runtime/simd.ts";
import { annealOn } from "../hono-service.ts";
import type { Assets } from "../http/env.ts";
import { pauseBetweenRefusals } from "./refusals.ts";
import { limitReading } from "./unread.ts";

/**
 * Equally far from this file and from dist/hono. It is a path, since bundlers such as Next's take `new URL(...,
 * import.meta.url)` for one of their modules.
 */
const SITE = join(dirname(fileURLToPath(import.meta.url)), "../../dist/site");

const site: Assets = {
  async fetch(request) {
    const { pathname } = new URL(typeof request === "string" ? request : request.url);
    const file = await readFile(join(SITE, pathname)).catch(() => undefined);
    return file ? new Response(file) : new Response(null, { status: 404 });
  },
};

export const anneal = annealOn({
  runtime: simd,
  site: () => site,
  async sending(c, answer) {
    await pauseBetweenRefusals(c, answer);
    limitReading(c);
  },
});
