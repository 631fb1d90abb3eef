/** `anneal` of `anneal/hono`: makes the service from its options. */
import type { Context, Hono } from "hono";
import type { Runtime } from "../wasm-model/index.ts";
import { dearDefault, limitsOf } from "./admission/limits.ts";
import { forwarded } from "./http/forwarded.ts";
import type { AnnealOptions } from "./http/hono-options.ts";
import { asGiven, ConfigurationError } from "./http/problems.ts";
import { checkOptions } from "./http/settings.ts";
import type { Site } from "./http/static-files.ts";
import { piecesOf } from "./images/send.ts";
import { assetPath, entryOf, type ModelEntry } from "./models/entry.ts";
import { ReadyModels } from "./models/ready.ts";
import { service } from "./service.ts";

/** What a host provides: its runtime, and the site's files, if it has them. */
export interface ServiceHost {
  readonly runtime: Runtime;
  readonly site?: (c: Context) => Site | undefined;
  /** The client's address as the platform gives it; undefined on another platform. */
  readonly client?: (c: Context) => string | undefined;
  /** Called when an answer is ready; it is sent when this has resolved. */
  readonly sending?: (c: Context, answer: Response) => Promise<void>;
}

/**
 * Throws `ModelError` for a file that is not a model and for a name that cannot be part of an address. Throws
 * `TypeError` if there are no models, for two of the same name, and for an invalid
 * option.
 */
export const annealOn =
  ({ runtime, site, client, sending }: ServiceHost) =>
  (options: AnnealOptions): Hono => {
    checkOptions(options);
    const { budget, rateLimit, cache, onEvent, source } = options;
    const { entries, files } = modelsOf(options.models);
    const settings = { BUDGET: budget, RATE_LIMIT: rateLimit, CACHE: cache, ON_EVENT: onEvent, SOURCE: source };
    for (const { name, card } of entries) {
      const warning = dearDefault(limitsOf(settings), name, card);
      if (warning) console.warn(warning);
    }
    const proxies = Number(options.trustProxy ?? false);
    const nameOf = options.client ?? (proxies > 0 ? (c: Context) => forwarded(c, proxies) ?? "" : client);
    if (rateLimit !== undefined && !nameOf) throw new ConfigurationError(NAMELESS);
    let isWarned = false;
    const clientIn = (c: Context): string | undefined => {
      const name: unknown = nameOf?.(c);
      if (typeof name === "string") return name;
      const warning = options.client ? notAName(name) : rateLimit === undefined ? undefined : NAMELESS;
      if (warning && !isWarned) console.warn(warning);
      isWarned = true;
      return undefined;
    };
    const models = new ReadyModels({ entries, runtime, read: async (entry) => piecesOf(files.get(assetPath(entry))!) });
    return service(models, (c) => ({ ...settings, SITE: site?.(c), CLIENT: clientIn(c) }), sending);
  };

const NAMELESS =
  "Expected `client` or `trustProxy` beside `rateLimit` but received neither: this host cannot tell clients apart, so all would share one limit";

/** A `client` of JavaScript may return anything; an asynchronous one returns a promise. */
const notAName = (name: unknown): string =>
  `Expected a string from \`client\` but received ${asGiven(name)}: all clients without a name share one limit`;

interface BundledModels {
  readonly entries: readonly ModelEntry[];
  /** By their paths as assets. */
  readonly files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
}

function modelsOf(models: AnnealOptions["models"]): BundledModels {
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  const entries = models.map((model) => {
    const file = new Uint8Array(model);
    const entry = entryOf(file);
    files.set(assetPath(entry), file);
    return entry;
  });
  const names = new Set(entries.map(({ name }) => name));
  if (names.size > 0 && names.size === entries.length) return { entries, files };
  const received = names.size === 0 ? "none" : `${entries.length} with the names ${[...names].join(", ")}`;
  throw new TypeError(`Expected models of different names, at least one, for \`models\` but received ${received}`);
}
