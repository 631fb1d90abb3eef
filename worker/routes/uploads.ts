/** Images by POST, made from an uploaded image: /v1/{model}/inpaint, /v1/{model}/variations, /v1/{model}/denoise. */
import type { Context } from "hono";
import type { Settings } from "../../wasm-model/index.ts";
import { costOf } from "../../wasm-model/render/cost.ts";
import type { Inputs } from "../../wasm-model/render/generate.ts";
import { encodePng } from "../../wasm-model/render/image/png.ts";
import { renderDenoised } from "../../wasm-model/render/render.ts";
import { randomSeed } from "../../wasm-model/request/options.ts";
import { resolveDenoise } from "../../wasm-model/request/resolve.ts";
import { checkBudget, limitsOf } from "../admission/limits.ts";
import type { Work } from "../admission/work.ts";
import { UNREPEATABLE } from "../http/caching.ts";
import type { Env } from "../http/env.ts";
import { notFound } from "../http/problems.ts";
import { drawImage, fileOf, type ImageRequest, imageRequest, MEDIA_TYPES } from "../images/image.ts";
import { DENOISE_KEYS, INPAINT_KEYS, type Query, type QueryParser, queryOf, queryParser, VARIATION_KEYS } from "../images/query.ts";
import { send } from "../images/send.ts";
import { type Field, imageIn, uploaded } from "../images/uploads.ts";
import type { ReadyModel, ReadyModels } from "../models/ready.ts";
import type { Route } from "../openapi/route.ts";

const parseInpaint = queryParser(INPAINT_KEYS);
const parseVariation = queryParser(VARIATION_KEYS);
const parseDenoise = queryParser(DENOISE_KEYS);

export const uploads = (ready: ReadyModels, work: Work): readonly Route[] => [
  {
    method: "post",
    path: "/v1/{model}/inpaint",
    handler: async (c) => {
      const { model, query } = asked(c, ready, parseInpaint);
      return answer(c, work, drawing(c, model, query, "inpaint"), ["image", "mask"], ({ image, mask }) => ({
        image: imageIn(image, "image", model.card),
        mask: imageIn(mask, "mask", model.card),
      }));
    },
    schema: {
      operationId: "inpaintImage",
      tag: "uploads",
      summary: "Inpaint an image",
      description: "Draws the white parts of the mask to fit the rest of the image. The black parts keep their bytes.",
      query: INPAINT_KEYS,
      files: ["image", "mask"],
      answer: Object.values(MEDIA_TYPES),
    },
  },
  {
    method: "post",
    path: "/v1/{model}/variations",
    handler: async (c) => {
      const { model, query } = asked(c, ready, parseVariation);
      return answer(c, work, drawing(c, model, query, "vary"), ["image"], ({ image }) => ({ image: imageIn(image, "image", model.card) }));
    },
    schema: {
      operationId: "varyImage",
      tag: "uploads",
      summary: "Draw variations of an image",
      description: "Adds as much noise to the image as `strength` says and removes it again.",
      query: VARIATION_KEYS,
      files: ["image"],
      answer: Object.values(MEDIA_TYPES),
    },
  },
  {
    method: "post",
    path: "/v1/{model}/denoise",
    handler: async (c) => {
      const { model, query } = asked(c, ready, parseDenoise);
      const { card } = model;
      const settings = resolveDenoise(query.options, card);
      const cost = costOf({ nfe: 1, ...settings }, card);
      checkBudget(limitsOf(c.env), cost, { nfe: 1 }, card);
      const load = () => model.denoiser(c.req.raw.signal);
      const image = await uploaded(c, work, ["image"], (files) =>
        work.limited(c, cost, load, async () => {
          const decoded = imageIn(files.image, "image", card);
          return renderDenoised({ card, denoiser: await load() }, settings, decoded);
        }),
      );
      describe(c, { model, cost, format: "png" }, 1);
      return send(c, work, encodePng(image));
    },
    schema: {
      operationId: "denoiseImage",
      tag: "uploads",
      summary: "Remove noise from an image",
      description: "Removes noise of standard deviation `sigma` in one network evaluation.",
      query: DENOISE_KEYS,
      files: ["image"],
      answer: [MEDIA_TYPES.png],
    },
  },
];

/**
 * What a request asks for: the model from its path and the options from its query. Throws `ProblemError` or
 * `OptionError`.
 */
function asked(c: Context<Env>, ready: ReadyModels, parse: QueryParser): { model: ReadyModel; query: Query } {
  const name = c.req.param("model") ?? "";
  const model = ready.find(name, c.env);
  if (!model) throw notFound("model", ready.names, name);
  return { model, query: parse(queryOf(c.req.url)) };
}

function drawing(c: Context<Env>, model: ReadyModel, query: Query, operation: Settings["operation"]): ImageRequest {
  const request = imageRequest(model, query, query.options.seed ?? randomSeed(), operation);
  checkBudget(limitsOf(c.env), request.cost, request.settings, model.card);
  return request;
}

/** `inputs` decodes the files as part of the work, within its limits. */
async function answer<F extends Field>(
  c: Context<Env>,
  work: Work,
  request: ImageRequest,
  fields: readonly F[],
  inputs: (files: Record<F, Uint8Array>) => Inputs,
): Promise<Response> {
  const { model, settings, cost } = request;
  const { signal } = c.req.raw;
  const load = () => model.denoiser(signal);
  const file = await uploaded(c, work, fields, (files) =>
    work.limited(c, cost, load, async (job) => {
      const image = await drawImage(request, { ...inputs(files), job, signal });
      return fileOf(image, request.format);
    }),
  );
  c.header("X-Seed", encodeURIComponent(settings.seed));
  describe(c, request, settings.nfe);
  return send(c, work, file);
}

type DrawnRequest = Pick<ImageRequest, "model" | "cost" | "format">;

function describe(c: Context<Env>, { model, cost, format }: DrawnRequest, nfe: number): void {
  c.header("X-NFE", String(nfe));
  c.header("X-Cost", String(cost));
  c.header("X-Model", model.name);
  c.header("Content-Type", MEDIA_TYPES[format]);
  c.header("Cache-Control", UNREPEATABLE);
}
