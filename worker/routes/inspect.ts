/**
 * POST /v1/inspect: reads the recipe of a PNG file that this service, the widget or the command line wrote. It also
 * answers the address that gives the same bytes again.
 */
import * as v from "valibot";
import { OPTIONS, OptionError, optionsOf, parseRecipe, type Recipe, recipeIn } from "../../wasm-model/index.ts";
import { IMAGE_COST } from "../../wasm-model/render/cost.ts";
import { limitsOf } from "../admission/limits.ts";
import type { Work } from "../admission/work.ts";
import { UNREPEATABLE } from "../http/caching.ts";
import type { Env } from "../http/env.ts";
import { imageRequest, permanentUrl } from "../images/image.ts";
import { queryOf, queryParser } from "../images/query.ts";
import { refusing, uploaded } from "../images/uploads.ts";
import type { ReadyModels } from "../models/ready.ts";
import type { Route } from "../openapi/route.ts";

const EXPECTED = "a PNG file with the recipe that made it";

const parseNothing = queryParser([]);

const value = (name: keyof typeof OPTIONS) => v.optional(v.pipe(v.union([v.string(), v.number()]), v.description(OPTIONS[name].doc)));
const others = optionsOf("sample").filter((name) => name !== "seed");

/** The recipe as it is in the file. Its values are checked only where `url` is not null. */
const RECIPE = v.object({
  model: v.string(),
  version: v.string(),
  options: v.object({ seed: v.string(), ...Object.fromEntries(others.map((name) => [name, value(name)])) }),
  url: v.pipe(v.nullable(v.string()), v.description("The permanent address of the same bytes; null if this server cannot draw them.")),
});

export const inspect = (ready: ReadyModels, work: Work): readonly Route[] => [
  {
    method: "post",
    path: "/v1/inspect",
    handler: async (c) => {
      parseNothing(queryOf(c.req.url));
      const recipe = await uploaded(c, work, ["image"], ({ image }) => work.limited(c, IMAGE_COST, undefined, () => recipeOf(image)));
      const answer = { ...recipe, url: urlOf(c.env, recipe, ready) };
      c.header("Cache-Control", UNREPEATABLE);
      return c.json(answer satisfies v.InferOutput<typeof RECIPE>);
    },
    schema: {
      operationId: "inspectImage",
      tag: "uploads",
      summary: "Read the recipe of a PNG file",
      description:
        "The recipe in a PNG file that this service, the widget or the command line wrote: model, version and options. `url` is the permanent address of the same " +
        "bytes; it is null if this server no longer has that version of the model or the image exceeds its budget.",
      files: ["image"],
      answers: {
        200: {
          description: "The recipe.",
          headers: ["Cache-Control"],
          content: { "application/json": { name: "Recipe", schema: RECIPE } },
        },
      },
      problems: [400, 408, 413, 415, 429, 503],
    },
  },
];

/** Throws `OptionError`. */
function recipeOf(image: Uint8Array): Recipe {
  const text = refusing("image", EXPECTED, () => recipeIn(image));
  const recipe = text === undefined ? undefined : parseRecipe(text);
  if (!recipe) throw new OptionError("invalid-value", "image", EXPECTED, "a PNG file without one");
  return recipe;
}

/**
 * Null if this server does not have that version of the model, or may not draw the image. Throws `OptionError` for
 * invalid settings.
 */
function urlOf(env: Env["Bindings"], { model: name, version, options }: Recipe, models: ReadyModels): string | null {
  const model = models.find(name, env, version);
  if (!model) return null;
  const { seed, ...rest } = options;
  const request = imageRequest(model, { format: options.frames === undefined ? "png" : "apng", options: rest }, seed);
  return request.cost <= limitsOf(env).budget ? permanentUrl(env, request) : null;
}
