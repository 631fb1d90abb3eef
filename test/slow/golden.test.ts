/**
 * The same bytes on other Nodes, in WebKit, and on ARM64, as phones, Apple's computers and half of the cloud have it: the
 * golden images of the default model and of one with an enlarger of its own, by each build of the engine, on emulated processors whose relaxed SIMD differs.
 * All models: `npm run verify`.
 */
import { expect, it } from "vitest";
import { DEFAULT_MODEL } from "../../wasm-model/model/model.ts";
import { FIXTURE } from "../golden/golden.ts";
import { drawnIn, PLACES, releasedIn } from "../verify/places.ts";

const HERE = /^(Node 20|Node 24|WebKit|Node on ARM64 .*)$/;
const MODELS = [DEFAULT_MODEL, FIXTURE];

it.each(PLACES.filter(({ name }) => HERE.test(name)))("$name", async (place) => {
  await place.prepare?.();
  expect(await drawnIn(place, MODELS)).toEqual(releasedIn(place, MODELS));
});
