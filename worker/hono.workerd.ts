/**
 * `anneal/hono` in Workers. The engine's builds are modules of the bundle; the site's files come from the binding
 * ASSETS, if there is one.
 */
import { simd } from "../wasm-model/engine/simd.workerd.ts";
import { annealOn } from "./anneal.ts";
import { siteOf } from "./http/assets.ts";

export { ready } from "./anneal.ts";
export { settingsFrom } from "./http/settings.ts";

export const anneal = annealOn({
  runtime: simd,
  site: ({ env }) => env?.ASSETS && siteOf(env.ASSETS),
  client: (c) => (isOnCloudflare(c.req.raw) ? (c.req.header("CF-Connecting-IP") ?? "") : undefined),
});

/** On workerd outside Cloudflare anybody may send that header. */
const isOnCloudflare = (request: Request & { readonly cf?: unknown }): boolean => request.cf !== undefined;
