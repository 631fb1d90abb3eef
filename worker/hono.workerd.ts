/**
 * `anneal/hono` in Workers. The engine's builds are modules of the bundle; the site's files come from the binding
 * ASSETS, if there is one.
 */
import files from "site-files";
import { simd } from "../wasm-model/engine/simd.workerd.ts";
import type { Site } from "./service/context.ts";
import { annealOn } from "./service/service.ts";

export { ready } from "./service/service.ts";
export { settingsFrom } from "./service/settings.ts";

/** The binding of static assets, or anything that answers like it. */
interface Assets {
  fetch(request: Request): Promise<Response>;
}

export const siteOf = (assets: Assets): Site => ({
  files: () => files,
  async read(path) {
    const ask = (asked: string): Promise<Response> => assets.fetch(new Request(`https://assets${asked}`, { redirect: "manual" }));
    const found = await ask(path);
    const file = found.status >= 300 && found.status < 400 ? await ask(path.replace(/index\.html$/, "")) : found; // on Cloudflare a folder's file is at the folder
    return file.ok ? (file.body ?? undefined) : undefined;
  },
});

export const anneal = annealOn({
  runtime: simd,
  site: ({ env }) => env?.ASSETS && siteOf(env.ASSETS),
  client: (c) => (isOnCloudflare(c.req.raw) ? (c.req.header("CF-Connecting-IP") ?? "") : undefined),
});

/** On workerd outside Cloudflare anybody may send that header. */
const isOnCloudflare = (request: Request & { readonly cf?: unknown }): boolean => request.cf !== undefined;
