/** GET /models/{model}: a model's page; GET /model: the default model's. */
import { pictureShape } from "../../wasm-model/model/card.ts";
import { limitsOf } from "../admission/limits.ts";
import { CACHEABLE } from "../http/caching.ts";
import { notFound } from "../http/problems.ts";
import type { ReadyModels } from "../models/ready.ts";
import type { Route } from "../openapi/route.ts";
import { answer, baseOf, originOf, shapeStyle } from "../site/layout.ts";
import { modelPage, type RecordOnPage } from "../site/model.ts";
import { type PageState, sampleUrl } from "../site/state.ts";

/** Where the build puts a model's record. */
const recordPath = (name: string): string => `/assets/records/${name}.json`;

export const modelPages = (ready: ReadyModels): readonly Route[] =>
  ["/models/{model}", "/model"].map((route) => ({
    method: "get",
    path: route,
    handler: async (c) => {
      const name = c.req.param("model") ?? ready.names[0];
      const model = ready.find(name, c.env);
      if (!model) throw notFound("model", ready.names, name);
      const found = await c.env.ASSETS.fetch(`https://assets${recordPath(name)}`);
      const record = found.ok ? await found.json<RecordOnPage>() : undefined;
      const origin = originOf(c);
      const path = `/models/${encodeURIComponent(name)}`;
      const options = { seed: "card/0" };
      const state: PageState = {
        origin,
        base: baseOf(c),
        path,
        models: ready.names,
        model,
        options,
        own: {},
        ...limitsOf(c.env),
      };
      const shape = pictureShape(model.card);
      const page = {
        origin,
        path,
        title: `${name}, a model of Anneal`,
        description: `What the model ${name} draws, how good it is, and how it was made.`,
        image: sampleUrl(state, { ...options, size: 4 * shape.width }),
        script: "/assets/page.js",
        style: shapeStyle(shape),
        body: modelPage(state, record),
      };
      return answer(c, page, { caching: CACHEABLE });
    },
  }));
