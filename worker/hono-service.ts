/** `anneal` of `anneal/hono`: the service from its options. */
import type { Context, Hono } from "hono";
import type { Runtime } from "../wasm-model/index.ts";
import { MODEL_FILE, TEACHER_FILE } from "../wasm-model/model/pair.ts";
import type { Assets, Env } from "./env.ts";
import type { AnnealOptions, ModelFiles, StudentFiles } from "./hono-options.ts";
import { assetPath, entryOf, type ModelEntry } from "./models/entry.ts";
import { ReadyModels } from "./models/ready.ts";
import { service } from "./service.ts";

/** What a host gives: its runtime, and the files of dist/site. */
export interface Host {
  readonly runtime: Runtime;
  readonly site: (c: Context) => Assets;
}

/** Throws `ModelError` for a file that is no model and for a name that can be no part of an address, `TypeError` for no models, two of the same name or an earlier version of another name. */
export const annealOn =
  ({ runtime, site }: Host) =>
  (options: AnnealOptions): Hono => {
    const { entries, files } = modelsOf(options);
    const models = new ReadyModels({ entries, runtime, read: async (entry, file) => new Response(files.get(assetPath(entry, file))) });
    return service(models, (c) => environmentOf(options, site(c), c));
  };

interface Models {
  readonly entries: readonly ModelEntry[];
  /** By their paths as assets. */
  readonly files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
}

function modelsOf({ models = [] }: Partial<AnnealOptions>): Models {
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  const entryFor = (model: ModelFiles): ModelEntry => {
    const { file, teacher } = filesOf(model);
    const entry = entryOf(file, teacher);
    files.set(assetPath(entry, MODEL_FILE), file);
    if (teacher) files.set(assetPath(entry, TEACHER_FILE), teacher);
    return entry;
  };
  const entries = models.map((model) => {
    if (!("current" in model)) return entryFor(model);
    const entry = { ...entryFor(model.current), earlier: model.earlier.map(entryFor) };
    const stranger = entry.earlier.find(({ name }) => name !== entry.name);
    if (!stranger) return entry;
    throw new TypeError(`Expected versions of ${entry.name} for \`earlier\` but received one of ${stranger.name}`);
  });
  const names = new Set(entries.map(({ name }) => name));
  if (names.size > 0 && names.size === entries.length) return { entries, files };
  const received = names.size === 0 ? "none" : `${entries.length} with the names ${[...names].join(", ")}`;
  throw new TypeError(`Expected models of different names, at least one, for \`models\` but received ${received}`);
}

function filesOf(model: ModelFiles): { file: Uint8Array<ArrayBuffer>; teacher?: Uint8Array<ArrayBuffer> } {
  if (!isPair(model)) return { file: new Uint8Array(model) };
  return { file: new Uint8Array(model.student), teacher: new Uint8Array(model.teacher) };
}

const isPair = (model: ModelFiles): model is StudentFiles => "teacher" in model;

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
