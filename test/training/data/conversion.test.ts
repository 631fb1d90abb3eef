/** How image files become the images of a data set: what a model's card keeps of it. */
import { describe, expect, it } from "vitest";
import { newCommand } from "../../../training/cli/command-line.ts";
import { settingsOfCard, withConversionFlags } from "../../../training/data/conversion.ts";
import { randomModel, TINY } from "../../support/random-model.ts";

const SETTINGS = { width: 30, height: 22, crop: "contain", background: "ff0000" } as const;
const { card } = randomModel(TINY, 1, "fp32");

describe("a card", () => {
  it("keeps everything but the size, which its images have anyway", () => {
    const kept = {
      ...card,
      crop: { top: 1, left: 1, width: 30, height: 22 },
      training: { ...card.training, pictures: { crop: "contain", background: "ff0000" } },
    };
    expect(settingsOfCard(kept)).toEqual({ ...SETTINGS, pixelArt: false, transparent: false });
    expect(settingsOfCard({ ...kept, cutOut: true, palette: ["000000", "ffffff"] })).toEqual({
      ...SETTINGS,
      pixelArt: true,
      colours: 2,
      transparent: true,
    });
  });

  it("with an unknown crop is refused", () => {
    const pictures = { background: "ff0000", crop: "stretch" };
    expect(() => settingsOfCard({ ...card, training: { ...card.training, pictures } })).toThrow(
      'Expected one of cover, contain, center for `crop` of the model\'s card but received "stretch"',
    );
  });
});

it.each([
  ["--size", "7", "a number from 8 to 64, or a width and a height like 30x22,"],
  ["--size", "30x65", "a number from 8 to 64, or a width and a height like 30x22,"],
  ["--size", "big", "a number from 8 to 64, or a width and a height like 30x22,"],
  ["--background", "white", "a colour of three or six hexadecimal digits"],
  ["--colours", "65", "a whole number from 2 to 64, or all,"],
])("no setting is %s %s", (flag, value, expected) => {
  const parse = () => withConversionFlags(newCommand("x")).parse([flag, value], { from: "user" });
  expect(parse).toThrow(`Expected ${expected} for \`${flag.slice(2)}\` but received "${value}"`);
});
