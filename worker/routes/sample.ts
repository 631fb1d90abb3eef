/** GET /sample: one image, as a PNG or as numbers. */
import { Hono } from "hono";
import { etag } from "hono/etag";
import { sample as draw } from "../../wasm-model/index.ts";
import { CACHEABLE, RETAINED_HEADERS, UNREPEATABLE } from "../caching.ts";
import type { Env } from "../env.ts";
import { modelNamed } from "../models.ts";
import { parseQuery } from "../params.ts";
import { randomSeed } from "../random-seed.ts";
import type { ReadyModels } from "../sampler.ts";

/** Evaluations between two turns of the event loop, in which other requests come in, and the client's farewell. A turn costs more than an evaluation. */
const TURN = 16;

export const sample = (ready: ReadyModels) =>
  new Hono<Env>().use("/sample", etag({ retainedHeaders: RETAINED_HEADERS })).get("/sample", async (c) => {
    const query = parseQuery(new URL(c.req.url).searchParams);
    const { seed = randomSeed() } = query.sample;
    const { name } = modelNamed(query.model);
    const image = await draw(ready.get(name)!, {
      ...query.sample,
      seed,
      signal: c.req.raw.signal,
      onStep: ({ evaluations }) => (evaluations % TURN === 0 ? scheduler.wait(0) : undefined),
    });

    c.header("X-Seed", encodeURIComponent(seed));
    c.header("X-NFE", String(image.nfe));
    c.header("X-Model", name);
    c.header("Cache-Control", query.sample.seed === undefined ? UNREPEATABLE : CACHEABLE);
    if (query.format === "png") return c.body(image.png(), 200, { "Content-Type": "image/png" });
    const { label, steps, sampler, temperature, guidance, nfe, width, height, channels } = image;
    const pixels = [...image.pixels];
    return c.json({ model: name, seed, class: label, steps, sampler, temperature, guidance, nfe, width, height, channels, pixels });
  });
