/** The model that an address names, in a version or without one. */
import type { Context } from "hono";
import type { Env } from "../env.ts";
import { notFound, ProblemError } from "../http/problems.ts";
import { type ModelEntry, VERSION, versionsOf } from "./entry.ts";
import type { ReadyModel, ReadyModels } from "./ready.ts";

/** A segment `{model}` or `{model}@{version}` of an address in two. Throws a `ProblemError` for what no version of a model can be. */
export function splitVersion(segment: string): readonly [name: string, version: string | undefined] {
  const [name, version, ...more] = segment.split("@");
  if (more.length > 0 || (version !== undefined && !VERSION.test(version))) {
    throw notFound("path", ["{model}", "{model}@{version}"], segment);
  }
  return [name, version];
}

/** Throws a `ProblemError` if there is no such model, or no longer this version of it: that one names the address with the current version. */
export function addressed(c: Context<Env>, ready: ReadyModels, name: string, version: string | undefined): ReadyModel {
  const current = ready.find(name, c.env);
  if (!current) throw notFound("model", ready.names, name);
  const model = version === undefined ? current : ready.find(name, c.env, version);
  if (model) return model;
  const { pathname, search } = new URL(c.req.url);
  throw gone(current, version ?? "", `${c.env.BASE ?? ""}${pathname.replace(`@${version}`, `@${current.version}`)}${search}`);
}

function gone(model: ModelEntry, version: string, url: string): ProblemError {
  const [current, ...earlier] = versionsOf(model).map((known) => known.version);
  const expected =
    earlier.length > 0 ? `${current}, the model's version now, or one of ${earlier.join(", ")}` : `${current}, the model's version now`;
  const received = JSON.stringify(version);
  const detail = `Expected ${expected} for \`version\` but received ${received}, which is gone: the server has no such files, or another renderer. The current address is ${url}`;
  return new ProblemError({ status: 410, code: "gone", key: "version", expected, received, detail });
}
