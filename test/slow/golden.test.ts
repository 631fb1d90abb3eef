/**
 * The same bytes on other Nodes, in WebKit, and on ARM64, as phones, Apple's computers and half of the cloud have it: the
 * golden images of the default model, by each build of the engine, on emulated processors whose relaxed SIMD differs.
 * All models: `npm run verify`.
 */
import { expect, it } from "vitest";
import { readGolden } from "../golden/golden.ts";
import { drawnIn, PLACES } from "../verify/places.ts";

const HERE = /^(Node 20|Node 24|WebKit|Node on ARM64 .*)$/;
const { images } = readGolden();

it.each(PLACES.filter(({ name }) => HERE.test(name)))("$name", async (place) => {
  await place.prepare?.();
  expect(await drawnIn(place, "avatars")).toEqual(Object.fromEntries(place.builds.map((build) => [build, images])));
});
