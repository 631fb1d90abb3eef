/**
 * The same bytes on other Nodes, in WebKit, and on ARM64, as phones, Apple's computers and half of the cloud have it: the
 * golden images of the default model and of one with an enlarger of its own, by each build of the engine, on emulated processors whose relaxed SIMD differs.
 * `npm run verify`: of all models, and in Node 22, Chromium and Firefox too.
 */
import { it } from "vitest";
import { DEFAULT_MODEL } from "../../wasm-model/model/model.ts";
import { FIXTURE, GOLDEN_NAMES } from "../golden/golden.ts";
import { expectReleased, PLACES } from "../verify/places.ts";

const isWhole = process.env.VERIFY === "all";
const HERE = isWhole ? /^/ : /^(Node 20|Node 24|WebKit|Node on ARM64 .*)$/;
const MODELS = isWhole ? GOLDEN_NAMES : [DEFAULT_MODEL, FIXTURE];
/** Milliseconds: an emulated processor draws a model's images in minutes. */
const PATIENCE = 7_200_000;

it.each(PLACES.filter(({ name }) => HERE.test(name)))(
  "$name",
  async (place) => {
    await place.prepare?.();
    await expectReleased(place, MODELS);
  },
  PATIENCE,
);
