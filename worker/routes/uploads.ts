/** Pictures by POST, made from one that comes with the request: /v1/{model}/inpaint, /v1/{model}/variations, /v1/{model}/denoise. */
import { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { defaultOf, OptionError, type Settings } from "../../wasm-model/index.ts";
import type { Inputs } from "../../wasm-model/render/generate.ts";
import { encodePng } from "../../wasm-model/render/image/png.ts";
import { encodeSvg } from "../../wasm-model/render/image/svg.ts";
import { nativeLook } from "../../wasm-model/render/picture.ts";
import { renderDenoised } from "../../wasm-model/render/render.ts";
import { drawerOf } from "../../wasm-model/request/drawer.ts";
import { randomSeed } from "../../wasm-model/request/random-seed.ts";
import { resolveDenoise } from "../../wasm-model/request/resolve.ts";
import type { Env } from "../env.ts";
import { UNREPEATABLE } from "../middleware/caching.ts";
import { notFound } from "../middleware/errors.ts";
import { checkBudget, limited } from "../middleware/limits.ts";
import type { ReadyModel, ReadyModels } from "../models/ready.ts";
import { type Answer, FORBIDDEN, headers, headersAtTimes, LIMITS, pictures, problems, TOKEN } from "../openapi/answers.ts";
import { modelName, queryParameters, upload } from "../openapi/parameters.ts";
import type { Operation, Route, Server } from "../openapi/route.ts";
import { denoisedPictureJson, denoisedPictureSchema, uploadedPictureSchema } from "../pictures/json.ts";
import { FORMATS, type QueryName } from "../pictures/options.ts";
import { drawPicture, fileOf, MEDIA_TYPES, type PictureFile, type PictureRequest, pictureRequest } from "../pictures/picture.ts";
import { DENOISE_FORMATS, DENOISE_KEYS, INPAINT_KEYS, type Query, queryOf, queryParser, VARIATION_KEYS } from "../pictures/query.ts";
import { type Field, limitUpload, pictureIn, readFiles } from "../pictures/uploads.ts";

type Ctx = Context<Env>;

const parseInpaint = queryParser(INPAINT_KEYS);
const parseVariation = queryParser(VARIATION_KEYS);
const parseDenoise = queryParser(DENOISE_KEYS);

export const uploads = (ready: ReadyModels): readonly Route[] => [
  {
    method: "post",
    path: "/v1/{model}/inpaint",
    middleware: limitUpload,
    handler: async (c) => {
      const { model, query } = asked(c, ready, parseInpaint);
      const request = drawing(c, model, query, "inpaint");
      const files = await readFiles(c, ["image", "mask"]);
      return answer(c, request, () => ({
        image: pictureIn(files.image, "image", model.card),
        mask: pictureIn(files.mask, "mask", model.card),
      }));
    },
    operation: (server) => ({
      operationId: "inpaintPicture",
      tags: ["uploads"],
      summary: "Inpaint an image",
      description: "Draws the white parts of the mask to fit the rest of the image. The black parts keep their bytes.",
      ...drawn(server, ["image", "mask"], INPAINT_KEYS),
    }),
  },
  {
    method: "post",
    path: "/v1/{model}/variations",
    middleware: limitUpload,
    handler: async (c) => {
      const { model, query } = asked(c, ready, parseVariation);
      const request = drawing(c, model, query, "vary");
      const { image: file } = await readFiles(c, ["image"]);
      return answer(c, request, () => ({ image: pictureIn(file, "image", model.card) }));
    },
    operation: (server) => ({
      operationId: "varyPicture",
      tags: ["uploads"],
      summary: "Draw variations of an image",
      description: "Adds noise to the image, as much as `strength` says, and removes it again.",
      ...drawn(server, ["image"], VARIATION_KEYS),
    }),
  },
  {
    method: "post",
    path: "/v1/{model}/denoise",
    middleware: limitUpload,
    handler: async (c) => {
      const { model, query } = asked(c, ready, parseDenoise);
      const format = DENOISE_FORMATS.find((known) => known === query.format);
      if (!format) throw new OptionError("invalid-value", "format", `one of ${DENOISE_FORMATS.join(", ")}`, query.format);
      const settings = resolveDenoise(query.options, model.card);
      const { image: file } = await readFiles(c, ["image"]);
      const look = format === "svg" ? nativeLook(settings, model.card) : settings;
      const { card, drawnBy } = drawerOf("denoise", query.options, model);
      const picture = await limited(c, 1, async () =>
        renderDenoised({ card, denoiser: await model.denoiser(drawnBy) }, { ...settings, ...look }, pictureIn(file, "image", card)),
      );
      const files: Record<typeof format, () => PictureFile> = {
        png: () => encodePng(picture),
        svg: () => encodeSvg(picture, { title: "Image without noise" }, settings),
        json: () => denoisedPictureJson(picture, model, { drawnBy, sigma: settings.sigma }),
      };
      return uploaded(c, { model, drawnBy }, 1, MEDIA_TYPES[format], files[format]());
    },
    operation: (server) => ({
      operationId: "denoisePicture",
      tags: ["uploads"],
      summary: "Remove noise from an image",
      description: "Removes noise of standard deviation `sigma` in one network evaluation.",
      ...described(
        server,
        ["image"],
        queryParameters(DENOISE_KEYS, server, { ...NO_CLASS, format: { domain: { type: "choice", values: DENOISE_FORMATS } } }),
        {
          headers: { ...headers("X-NFE", "X-Model", "Cache-Control"), ...headersAtTimes("X-Drawn-By") },
          content: pictures(DENOISE_FORMATS, denoisedPictureSchema()),
        },
      ),
    }),
  },
];

/** Without `class` the network is given no class; only images from noise draw theirs from the seed. */
const NO_CLASS = { class: { default: defaultOf("class", "vary") } };

type Described = Pick<Operation, "security" | "request" | "responses">;

/** The document's description of an operation that draws. */
function drawn(server: Server, fields: readonly Field[], keys: readonly QueryName[]): Described {
  return described(server, fields, queryParameters(keys, server, NO_CLASS), {
    headers: { ...headers("X-Seed", "X-NFE", "X-Model", "Cache-Control"), ...headersAtTimes("X-Drawn-By") },
    content: pictures(FORMATS, uploadedPictureSchema()),
  });
}

/** The description that all operations here share. `image`: the answer. */
function described(server: Server, fields: readonly Field[], query: z.ZodObject, image: Omit<Answer, "description">): Described {
  return {
    security: TOKEN,
    request: { params: z.object({ model: modelName(server) }), query, body: upload(fields) },
    responses: { 200: { description: "The image.", ...image }, ...problems(400, ...FORBIDDEN, 404, 413, 415, ...LIMITS) },
  };
}

/** What a request asks for: the model in its path, the options in its query. Throws `Refusal` or `OptionError`. */
function asked(c: Ctx, ready: ReadyModels, parse: (query: URLSearchParams) => Query): { model: ReadyModel; query: Query } {
  const name = c.req.param("model") ?? "";
  const model = ready.find(name, c.env);
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
  const { settings, format } = request;
  const { signal } = c.req.raw;
  const file = await limited(c, settings.nfe, async () => fileOf(await drawPicture(request, { ...inputs(), signal }), request));
  c.header("X-Seed", encodeURIComponent(settings.seed));
  return uploaded(c, request, settings.nfe, MEDIA_TYPES[format], file);
}

type Drawn = Pick<PictureRequest, "model" | "drawnBy">;

function uploaded(c: Ctx, { model, drawnBy }: Drawn, nfe: number, type: string, file: PictureFile): Response {
  c.header("X-NFE", String(nfe));
  c.header("X-Model", model.name);
  c.header("X-Drawn-By", drawnBy);
  return c.body(file, 200, { "Content-Type": type, "Cache-Control": UNREPEATABLE });
}
