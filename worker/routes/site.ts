/** GET /: the page. Its form asks with the names of /sample's options; empty fields mean "not given", as forms send them. */
import { Hono } from "hono";
import { OptionError } from "../../wasm-model/index.ts";
import { CACHEABLE, UNREPEATABLE } from "../caching.ts";
import type { Env } from "../env.ts";
import { modelNamed } from "../models.ts";
import { randomSeed } from "../random-seed.ts";
import { checkRequest, type PageState, page } from "../site/page.ts";

export const site = new Hono<Env>().get("/", (c) => {
  const field = (name: string) => c.req.query(name) || undefined;
  const seed = field("new") ? undefined : field("seed");
  const request = { seed: seed ?? randomSeed(), class: field("class"), steps: field("steps"), sampler: field("sampler") };
  const state: PageState = { origin: new URL(c.req.url).origin, card: modelNamed().card, request };
  c.header("Cache-Control", seed === undefined ? UNREPEATABLE : CACHEABLE);
  try {
    checkRequest(request, state.card);
  } catch (error) {
    if (!(error instanceof OptionError)) throw error;
    return c.html(page({ ...state, problem: error.message }), 400);
  }
  return c.html(page(state));
});
