/** POST /v1/inspect: what made a PNG file that this service, the widget or the command line wrote, and the address that makes the same bytes again. */
import { Hono } from "hono";
import { OptionError, parseRecipe, type Recipe, recipeIn } from "../../wasm-model/index.ts";
import type { Env } from "../env.ts";
import { UNREPEATABLE } from "../middleware/caching.ts";
import { isAffordable } from "../middleware/limits.ts";
import type { ReadyModel, ReadyModels } from "../models/ready.ts";
import { permanentUrl, pictureRequest } from "../pictures/picture.ts";
import { queryOf, queryParser } from "../pictures/query.ts";
import { limitUpload, readFiles, refusing } from "../pictures/uploads.ts";

const EXPECTED = "a PNG file with the recipe that made it";

const parseNothing = queryParser([]);

export const inspect = (ready: ReadyModels) =>
  new Hono<Env>().post("/v1/inspect", limitUpload, async (c) => {
    parseNothing(queryOf(c.req.url));
    const { image } = await readFiles(c, ["image"]);
    const text = refusing("image", EXPECTED, () => recipeIn(image));
    const recipe = text === undefined ? undefined : parseRecipe(text);
    if (!recipe) throw new OptionError("invalid-value", "image", EXPECTED, "a PNG file without them");
    return c.json({ ...recipe, url: urlOf(c.env, recipe, await ready.all(c.env)) }, 200, { "Cache-Control": UNREPEATABLE });
  });

/** Null where this server has no such model of that version, or may not draw the picture. Throws `OptionError` for settings that make no picture. */
function urlOf(env: Env["Bindings"], { model: name, version, options }: Recipe, models: readonly ReadyModel[]): string | null {
  const model = models.find((known) => known.version === version && known.card.name === name);
  if (!model) return null;
  const { seed, ...rest } = options;
  const request = pictureRequest(model, { format: options.frames === undefined ? "png" : "apng", options: rest }, seed);
  return isAffordable(env, request.settings) ? permanentUrl(request) : null;
}
