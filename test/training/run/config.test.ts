/** A run goes on by the recipe in its config.json. */
import { describe, expect, it } from "vitest";
import { UserError } from "../../../training/cli/user-error.ts";
import { RECIPE } from "../../../training/learning/recipe.ts";
import { cardOf, parseConfig } from "../../../training/run/config.ts";
import { runConfig } from "../../support/run-config.ts";

const config = runConfig();

it("config.json says where the images lie in the network's images, as the card does", () => {
  const crop = { top: 1, left: 0, height: 6, width: 8 };
  expect(cardOf(parseConfig({ ...config, crop }, "config.json")).crop).toEqual(crop);
  expect(cardOf(parseConfig(config, "config.json"))).not.toHaveProperty("crop");
  expect(() => parseConfig({ ...config, crop: { ...crop, top: 3 } }, "config.json")).toThrow(
    "Expected a rectangle within the network's image",
  );
});

describe("the recipe, and what a run keeps of its data", () => {
  const pictures = { width: 32, height: 24, crop: "contain", background: "ffffff" };

  it("are read", () => {
    const given = { recipe: { ...RECIPE, stableShare: 0.25 }, pictures, mirror: true };
    expect(parseConfig({ ...config, ...given }, "config.json")).toMatchObject(given);
  });

  it.each([
    [{ data: undefined }, "a string for `data` of `config.json` but received nothing"],
    [{ spec: { ...config.spec, height: 9 } }, "a multiple of 4 from 4 to 1024 for `spec.height` of the model's card but received 9"],
    [{ steps: 1.5 }, "an integer from 1 to 1000000000 for `steps` of `config.json` but received 1.5"],
    [
      { recipe: { ...RECIPE, adam: { beta1: 0.9 } } },
      "a number from 0 to 0.999999 for `recipe.adam.beta2` of `config.json` but received nothing",
    ],
    [{ pictures: { ...pictures, crop: "stretch" } }, "one of cover, contain, center for `pictures.crop` of `config.json`"],
    [{ mirror: "no" }, 'true or false for `mirror` of `config.json` but received "no"'],
  ])("are refused in one line if they are invalid (%#): %j", (changes, expected) => {
    const parse = () => parseConfig({ ...config, ...changes }, "config.json");
    expect(parse).toThrow(UserError);
    expect(parse).toThrow(`Expected ${expected}`);
  });

  it("have no field that is not known", () => {
    const parse = () => parseConfig({ ...config, recipe: { ...RECIPE, labelDropuot: 0 } }, "config.json");
    expect(parse).toThrow(new UserError("`recipe.labelDropuot` of `config.json` is not a known field"));
  });
});
