/**
 * The same bytes on ARM64, as phones, Apple's computers and half of the cloud have it: the golden images of the default
 * model, by each build of the engine, on emulated processors whose relaxed SIMD differs. All models: `npm run verify`.
 */
import { beforeAll, expect, it } from "vitest";
import { readGolden } from "../golden/golden.ts";
import { prepareArm64 } from "../setup/machine.ts";
import { ARM64, drawnIn } from "../verify/places.ts";

beforeAll(prepareArm64);

it.each(ARM64)("$name", async (place) => {
  const { images } = readGolden();
  expect(await drawnIn(place, "fashion-mnist")).toEqual(Object.fromEntries(place.builds.map((build) => [build, images])));
});
