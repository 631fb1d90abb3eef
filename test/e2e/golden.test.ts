/**
 * The same bytes everywhere: the golden images of the default model in browsers, with either build of the engine. In
 * this Node: test/training/verify.test.ts. In workerd: test/worker. In other Nodes, in WebKit and on ARM64: test/slow.
 * All models: `npm run verify`.
 */
import { expect, it } from "vitest";
import { readGolden } from "../golden/golden.ts";
import { drawnIn, PLACES } from "../verify/places.ts";

const HERE = ["Chromium", "Firefox"];
const { images } = readGolden();

it.each(PLACES.filter(({ name }) => HERE.includes(name)))("$name", async (place) => {
  expect(await drawnIn(place, "avatars")).toEqual(Object.fromEntries(place.builds.map((build) => [build, images])));
});
