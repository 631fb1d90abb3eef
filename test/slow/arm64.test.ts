/**
 * The same bytes on ARM64, as phones, Apple's computers and half of the cloud have it: 24 released images of the default
 * model, by each build of the engine, on emulated processors whose relaxed SIMD differs. All models: `npm run verify`.
 */
import { beforeAll, expect, it } from "vitest";
import { prepareArm64 } from "../setup/machine.ts";
import { ARM64 } from "../verify/places.ts";
import { shippedModels } from "../verify/release.ts";

const IMAGES = 24;

beforeAll(prepareArm64);

it.each(ARM64)("$name", async (place) => {
  const { released } = (await shippedModels()).find(({ name }) => name === "fashion-mnist")!;
  const expected = released!.images.langevin.slice(0, IMAGES);
  expect(expected.length).toBe(IMAGES);
  await place.open(async (doing) => {
    for (const build of place.builds) {
      const hashes = await doing({ model: "fashion-mnist", build, sampler: "langevin", count: IMAGES, batch: 1 });
      expect([build, hashes]).toEqual([build, expected]);
    }
  });
});
