/** GET /: the page. Its form asks with the names of some of /sample's options; empty fields mean "not given", as forms send them. */
import { sha256 } from "@noble/hashes/sha2.js";
import { encodeBase64 } from "hono/utils/encode";
import { OptionError } from "../../wasm-model/index.ts";
import { costOf } from "../../wasm-model/render/cost.ts";
import { randomSeed } from "../../wasm-model/request/random-seed.ts";
import { CACHEABLE, UNREPEATABLE } from "../middleware/caching.ts";
import { checkBudget, limitsOf } from "../middleware/limits.ts";
import { pagePolicy } from "../middleware/security.ts";
import type { ReadyModels } from "../models/ready.ts";
import type { Route } from "../openapi/route.ts";
import type { QueryName } from "../pictures/options.ts";
import { queryOf, queryParser } from "../pictures/query.ts";
import { gridRequest, type NamedModel, nativeStyle, page } from "../site/page.ts";

const KEYS: readonly QueryName[] = ["seed", "model", "class", "steps", "sampler"];

const parseForm = queryParser(KEYS);

/** What the form asks for, without its empty fields and its button. Throws `OptionError` as `queryOf` does. */
function formOf(url: string): URLSearchParams {
  const isEmpty = (key: string, value: string) => value === "" && KEYS.some((name) => name === key);
  return new URLSearchParams([...queryOf(url)].filter(([key, value]) => key !== "new" && !isEmpty(key, value)));
}

export const site = (ready: ReadyModels): Route => ({
  method: "get",
  path: "/",
  handler: async (c) => {
    const field = (name: string) => c.req.query(name) || undefined;
    const seed = field("new") ? undefined : field("seed");
    const request = { seed: seed ?? randomSeed(), class: field("class"), steps: field("steps"), sampler: field("sampler") };
    let model: NamedModel = ready.get(undefined, c.env);
    let problem: string | undefined;
    try {
      model = ready.get(field("model"), c.env);
      parseForm(formOf(c.req.url));
      const { card, settings } = gridRequest(request, model);
      checkBudget(limitsOf(c.env), costOf(settings, card), settings, card);
    } catch (error) {
      if (!(error instanceof OptionError)) throw error;
      problem = error.message;
    }
    c.header("Content-Security-Policy", pagePolicy([hash(nativeStyle(model.card))]));
    c.header("Cache-Control", seed === undefined ? UNREPEATABLE : CACHEABLE);
    const origin = new URL(c.req.url).origin + (c.env.BASE ?? "");
    return c.html(page({ origin, models: ready.names, model, request, problem, ...limitsOf(c.env) }), problem === undefined ? 200 : 400);
  },
});

const hash = (style: string): string => encodeBase64(sha256(new TextEncoder().encode(style)).slice().buffer);
