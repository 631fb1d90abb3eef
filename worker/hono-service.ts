/** `anneal` of `anneal/hono`: the service from its options. */
import type { Context, Hono } from "hono";
import { cardIn, loadModel, type Runtime } from "../wasm-model/index.ts";
import type { Assets, Env } from "./env.ts";
import type { AnnealOptions } from "./hono-options.ts";
import { ReadyModels } from "./models/ready.ts";
import { modelPath } from "./models/stored.ts";
import { service } from "./service.ts";

/** What a host gives: its runtime, and the files of dist/site. */
export interface Host {
  readonly runtime: Runtime;
  readonly site: (c: Context) => Assets;
}

/** Throws `ModelError` for a file that is no model, `TypeError` for no models or two of the same name. */
export const annealOn =
  ({ runtime, site }: Host) =>
  (options: AnnealOptions): Hono => {
    const files = filesOf(options);
    const models = new ReadyModels([], { names: [...files.keys()], load: (file) => loadModel(file, { runtime }) });
    return service(models, (c) => environmentOf(options, withModels(files, site(c)), c));
  };

type Files = ReadonlyMap<string, Uint8Array<ArrayBuffer>>;

/** By the names of the models. */
function filesOf({ models }: AnnealOptions): Files {
  const files = new Map((models ?? []).map((file) => [cardIn(new Uint8Array(file)).name, new Uint8Array(file)]));
  if (files.size > 0 && files.size === models.length) return files;
  const received = files.size === 0 ? "none" : `${models.length} with the names ${[...files.keys()].join(", ")}`;
  throw new TypeError(`Expected models of different names, at least one, for \`models\` but received ${received}`);
}

/** The site's files and those of the models. */
const withModels = (models: Files, site: Assets): Assets => ({
  async fetch(request) {
    const { pathname } = new URL(typeof request === "string" ? request : request.url);
    const model = [...models].find(([name]) => modelPath(name) === pathname);
    return model ? new Response(model[1]) : site.fetch(request);
  },
});

function environmentOf(options: AnnealOptions, ASSETS: Assets, c: Context): Env["Bindings"] {
  const { budget, maxInFlight, rateLimit, client, cache, token, uploadOrigins } = options;
  return {
    ASSETS,
    ...(budget !== undefined && { COST_BUDGET: budget }),
    ...(maxInFlight !== undefined && { COST_IN_FLIGHT: maxInFlight }),
    ...(rateLimit !== undefined && { COST_RATE: rateLimit }),
    CLIENT: client?.(c),
    CACHE: cache,
    API_TOKEN: token,
    UPLOAD_ORIGINS: uploadOrigins?.join(","),
  };
}
