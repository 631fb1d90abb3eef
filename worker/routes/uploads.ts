/** Pictures by POST, made from one that comes with the request: /v1/{model}/inpaint, /v1/{model}/variations, /v1/{model}/denoise. */
import { type Context, Hono } from "hono";
import { OptionError, type Settings } from "../../wasm-model/index.ts";
import type { Inputs } from "../../wasm-model/render/generate.ts";
import { encodePng } from "../../wasm-model/render/image/png.ts";
import { encodeSvg } from "../../wasm-model/render/image/svg.ts";
import { nativeLook } from "../../wasm-model/render/picture.ts";
import { renderDenoised } from "../../wasm-model/render/render.ts";
import { resolveDenoise } from "../../wasm-model/request/resolve.ts";
import type { Env } from "../env.ts";
import { UNREPEATABLE } from "../middleware/caching.ts";
import { notFound } from "../middleware/errors.ts";
import { checkBudget, limited } from "../middleware/limits.ts";
import type { ReadyModel, ReadyModels } from "../models/ready.ts";
import { drawPicture, fileOf, MEDIA_TYPES, type PictureFile, type PictureRequest, pictureRequest } from "../pictures/picture.ts";
import { DENOISE_FORMATS, DENOISE_KEYS, INPAINT_KEYS, type Query, queryOf, queryParser, VARIATION_KEYS } from "../pictures/query.ts";
import { randomSeed } from "../pictures/random-seed.ts";
import { limitUpload, pictureIn, readFiles } from "../pictures/uploads.ts";

type Ctx = Context<Env>;

const parseInpaint = queryParser(INPAINT_KEYS);
const parseVariation = queryParser(VARIATION_KEYS);
const parseDenoise = queryParser(DENOISE_KEYS);

export const uploads = (ready: ReadyModels) =>
  new Hono<Env>()
    .post("/v1/:model/inpaint", limitUpload, async (c) => {
      const { model, query } = await asked(c, ready, parseInpaint);
      const request = drawing(c, model, query, "inpaint");
      const files = await readFiles(c, ["image", "mask"]);
      return answer(c, request, () => ({
        image: pictureIn(files.image, "image", model.card),
        mask: pictureIn(files.mask, "mask", model.card),
      }));
    })
    .post("/v1/:model/variations", limitUpload, async (c) => {
      const { model, query } = await asked(c, ready, parseVariation);
      const request = drawing(c, model, query, "vary");
      const { image: file } = await readFiles(c, ["image"]);
      return answer(c, request, () => ({ image: pictureIn(file, "image", model.card) }));
    })
    .post("/v1/:model/denoise", limitUpload, async (c) => {
      const { model, query } = await asked(c, ready, parseDenoise);
      const format = DENOISE_FORMATS.find((known) => known === query.format);
      if (!format) throw new OptionError("invalid-value", "format", `one of ${DENOISE_FORMATS.join(", ")}`, query.format);
      const settings = resolveDenoise(query.options, model.card);
      const { image: file } = await readFiles(c, ["image"]);
      const look = format === "svg" ? nativeLook(settings, model.card) : settings;
      const picture = await limited(c, 1, async () =>
        renderDenoised(model, { ...settings, ...look }, pictureIn(file, "image", model.card)),
      );
      const { width, height, channels, pixels } = picture;
      const files: Record<typeof format, () => PictureFile> = {
        png: () => encodePng(picture),
        svg: () => encodeSvg(picture, settings),
        json: () =>
          JSON.stringify({
            model: model.name,
            version: model.version,
            sigma: settings.sigma,
            width,
            height,
            channels,
            pixels: [...pixels],
          }),
      };
      return uploaded(c, model, 1, MEDIA_TYPES[format], files[format]());
    });

/** What a request asks for: the model in its path, the options in its query. Throws `Refusal` or `OptionError`. */
async function asked(c: Ctx, ready: ReadyModels, parse: (query: URLSearchParams) => Query): Promise<{ model: ReadyModel; query: Query }> {
  const name = c.req.param("model") ?? "";
  const model = await ready.find(name, c.env);
  if (!model) throw notFound("model", ready.names, name);
  return { model, query: parse(queryOf(c.req.url)) };
}

function drawing(c: Ctx, model: ReadyModel, query: Query, operation: Settings["operation"]): PictureRequest {
  const request = pictureRequest(model, query, query.options.seed ?? randomSeed(), operation);
  checkBudget(c.env, request.settings);
  return request;
}

/** `inputs` decodes the uploads: within the bounds of the work that they are for. */
async function answer(c: Ctx, request: PictureRequest, inputs: () => Inputs): Promise<Response> {
  const { model, settings, format } = request;
  const { signal } = c.req.raw;
  const file = await limited(c, settings.nfe, async () => fileOf(await drawPicture(request, { ...inputs(), signal }), request));
  c.header("X-Seed", encodeURIComponent(settings.seed));
  return uploaded(c, model, settings.nfe, MEDIA_TYPES[format], file);
}

function uploaded(c: Ctx, model: ReadyModel, nfe: number, type: string, file: PictureFile): Response {
  c.header("X-NFE", String(nfe));
  c.header("X-Model", model.name);
  return c.body(file, 200, { "Content-Type": type, "Cache-Control": UNREPEATABLE });
}
