/** What both Workers are: the service with models that travel with it, its settings from the environment. */
import { env } from "cloudflare:workers";
import { Hono } from "hono";
import { anneal, ready, settingsFrom } from "./hono.workerd.ts";

/** `models`: their files; the first one is the default, and is loaded before the first request. */
export async function serve(models: readonly ArrayBuffer[]): Promise<Hono> {
  const service = anneal({ models, cache: caches.default, ...settingsFrom(env) });
  return new Hono().route("/", await ready(service));
}
