/** POST /v1/inspect: what made a PNG file that this service, the widget or the command line wrote, and the address that makes the same bytes again. */
import { Hono } from "hono";
import { type Note, noteOf, OptionError, parseNote } from "../../wasm-model/index.ts";
import { UNREPEATABLE } from "../caching.ts";
import type { Env } from "../env.ts";
import { checkToken } from "../limits.ts";
import { queryOf, queryParser } from "../params.ts";
import { permanentUrl, pictureRequest } from "../picture.ts";
import type { ReadyModel, ReadyModels } from "../sampler.ts";
import { limitUpload, readFiles, refusing } from "../uploads.ts";

const EXPECTED = "a PNG file with the settings that made it";

const parseNothing = queryParser([]);

export const inspect = (ready: ReadyModels) =>
  new Hono<Env>().post("/v1/inspect", limitUpload, async (c) => {
    await checkToken(c);
    parseNothing(queryOf(c.req.url));
    const { image } = await readFiles(c, ["image"]);
    const text = refusing("image", EXPECTED, () => noteOf(image));
    const note = text === undefined ? undefined : parseNote(text);
    if (!note) throw new OptionError("invalid-value", "image", EXPECTED, "a PNG file without them");
    return c.json({ ...note, url: urlOf(note, await ready.all(c.env)) }, 200, { "Cache-Control": UNREPEATABLE });
  });

/** Null where this server has no model of that version. Throws `OptionError` for settings that make no picture. */
function urlOf({ version, options }: Note, models: readonly ReadyModel[]): string | null {
  const model = models.find((known) => known.version === version);
  if (!model) return null;
  const { seed, frames, ...rest } = options;
  const format = frames === undefined ? "png" : "apng";
  return permanentUrl(pictureRequest(model, { format, sample: { ...rest, frames } }, seed));
}
