/**
 * The same bytes everywhere: the golden images of the default model in Node and browsers, with either build of the
 * engine. In workerd: test/worker. In other Nodes, in WebKit and on ARM64: test/slow. All models: `npm run verify`.
 */
import { expect, it } from "vitest";
import { readGolden } from "../golden/golden.ts";
import { drawnIn, PLACES } from "../verify/places.ts";

const HERE = ["Node 22", "Chromium", "Firefox"];
const { images } = readGolden();

it.each(PLACES.filter(({ name }) => HERE.includes(name)))("$name", { timeout: 600_000 }, async (place) => {
  expect(await drawnIn(place, "avatars")).toEqual(Object.fromEntries(place.builds.map((build) => [build, images])));
}); // the first time, npm downloads that Node
