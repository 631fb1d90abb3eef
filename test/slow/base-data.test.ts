/** The pictures of the base: where they come from, and what they leave out. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { AVATAR_STYLES, labPath, PACKS } from "../lab/base-packs.ts";
import { basePictures, filesOf } from "../lab/base-pictures.ts";
import { toolPath } from "../tools/install.ts";

const pictures = await basePictures();

it("are each file once, 1 picture in 50 held out", () => {
  const paths = pictures.flatMap((picture) => filesOf(picture, 32)).map(({ path }) => path);
  expect(new Set(paths).size).toBe(paths.length);
  const heldOut = paths.filter((path) => path.startsWith("test/")).length;
  expect(heldOut / paths.length).toBeCloseTo(1 / 50, 2);
});

it("come from packages that state these licences", () => {
  for (const [name, { licence }] of Object.entries(PACKS)) {
    const { license } = JSON.parse(readFileSync(labPath(`@iconify-json/${name}/info.json`), "utf8"));
    expect([name, license.spdx]).toEqual([name, licence]);
  }
  for (const style of AVATAR_STYLES) {
    const { meta } = JSON.parse(readFileSync(toolPath(`@dicebear/styles/dist/${style}.min.json`), "utf8"));
    expect([style, meta.license.name]).toEqual([style, "CC0 1.0"]);
  }
});
