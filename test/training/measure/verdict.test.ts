import { describe, expect, it } from "vitest";
import { extrapolationAt } from "../../../training/measure/contrast.ts";
import { forecast, unlikeness } from "../../../training/measure/likeness.ts";
import { contrastByClass, contrastOf } from "../../../training/measure/looks.ts";
import { describeVerdict, looksBeside, type Verdict, verdictOn } from "../../../training/measure/verdict.ts";
import { memorySplit } from "../../../training/network/split.ts";
import { needOf } from "../../../training/run/end.ts";
import { randomIntegers } from "../../support/random-numbers.ts";

const near = { distance: 0.5, real: 1, isCopying: true };
const far = { distance: 0.98, real: 1, isCopying: false };
const likePictures = { contrast: 1, edges: 1 };

it.each([
  ["copies", { memorization: near, ...likePictures, fell: 0.1 }, "would help most (distance to the nearest picture 0.50, contrast 1.00,"],
  [
    "unlearned",
    { memorization: far, ...likePictures, fell: 0.01 },
    "kept for testing only 1 % better than a network that saw none of them).",
  ],
  ["unlearned", { memorization: far, ...likePictures, fell: -0.1, likeness: "little" }, "Pictures more alike would help most (it cleans"],
  ["unlearned", { memorization: { ...far, distance: 1.47 }, ...likePictures, fell: 0.4 }, "in common. Train it longer, or on more"],
  ["new", { memorization: far, ...likePictures, fell: 0.03 }, "Its images are new, and about"],
  ["rough", { memorization: far, contrast: 1, edges: 0.5, fell: 0.4 }, "Its images are rough: less sharp than the pictures (distance"],
  ["rough", { memorization: far, contrast: 0.7, edges: 0.5, fell: undefined }, "are rough: paler and less sharp than the pictures"],
  ["rough", { memorization: far, contrast: 1.4, edges: 1, fell: undefined }, "are rough: harsher than the pictures"],
  ["new", { memorization: far, ...likePictures, fell: 0.4 }, "Its images are new, and about as sharp as the pictures; whether"],
  ["new", { memorization: { distance: 1, isCopying: false }, ...likePictures, fell: undefined }, "Its images are about as sharp as"],
] as const)("the verdict is %s for %j", (verdict, findings, words) => {
  expect(verdictOn(findings)).toBe(verdict);
  expect(describeVerdict(findings)).toContain(words);
});

/** Images of 4x4 grey pixels, each half dark and half light; image i is rotated by i. */
const halves = (count: number, light: number): Uint8Array =>
  Uint8Array.from({ length: 16 * count }, (_, at) => ((at + Math.floor(at / 16)) % 16 < 8 ? 0 : light));
const dataset = (images: Uint8Array, classes: readonly number[], families?: Int32Array) => ({
  ...{ train: memorySplit(images, classes, families), labels: ["a", "b"], width: 4, height: 4, channels: 1 },
});

it("looks are compared with training images of the same classes", () => {
  const pictures = Uint8Array.of(...halves(4, 255), ...halves(2, 51));
  const classes = [0, 0, 0, 0, 1, 1];
  expect(looksBeside(dataset(pictures, classes), halves(3, 102), [0, 0, 0]).edges).toBeCloseTo(0.4, 12);
  expect(looksBeside(dataset(pictures, classes), halves(3, 102), [1, 1, 1])).toEqual({ contrast: 2, edges: 2 });
});

describe("the forecast", () => {
  /** Images of random pixels, of which a share is the same in all. */
  const mixed = (count: number, share: number): Uint8Array => {
    const byte = randomIntegers(1, 0, 255);
    const common = Array.from({ length: 16 }, byte);
    return Uint8Array.from({ length: 16 * count }, (_, at) => share * common[at % 16] + (1 - share) * byte());
  };
  const of = (images: Uint8Array, families?: Int32Array) => dataset(images, Array<number>(images.length / 16).fill(0), families);

  it("expects more, the more alike images are", () => {
    expect(forecast(of(mixed(40, 0)))).toMatch(/differ a lot: expect rough new ones in their style and colours, /);
    expect(forecast(of(mixed(40, 0.9)))).toMatch(/much alike: expect new ones that could be among them$/);
  });

  it("counts equal images once, and says nothing of a single image", () => {
    const images = mixed(10, 0);
    const twice = of(
      Uint8Array.of(...images, ...images),
      Int32Array.from({ length: 20 }, (_, i) => i % 10),
    );
    expect(unlikeness(twice)).toBe(unlikeness(of(images)));
    expect(forecast(of(mixed(1, 0)))).toBeUndefined();
  });
});

it("what would help is more images where there are few, else more time where it has not learned yet or the loss fell to the end", () => {
  const need = (verdict: Verdict, images: number, ...losses: number[]) => {
    const log = losses.map((loss, i) => ({ step: i + 1, heldOut: [{ sigma: 1, loss }] }));
    return needOf({}, verdict, images, log);
  };
  const few = "From 8 images it recombines rather than invents: more images would help most.";
  expect(need("unlearned", 8, 3, 2)).toEqual({ needsTime: false, need: few });
  const falling = "Its held-out loss was still falling: more time would help, and so would more images.";
  expect(need("new", 100, 3, 2, 2.1)).toEqual({ needsTime: true, need: falling });
  const fallen = /^Its held-out loss had stopped falling: more images, .* and more time would not\.$/;
  expect(need("rough", 100, 3, 2, 2.1, 2.2)).toEqual({ needsTime: false, need: expect.stringMatching(fallen) });
  expect(need("copies", 100, 3, 2, 1)).toEqual({ needsTime: false });
  expect(need("unlearned", 100, 3, 2, 2.1, 2.2)).toEqual({ needsTime: true });
});

/** An image of four values around 100 whose standard deviation is `contrast`. */
const image = (contrast: number): number[] => [100 - contrast, 100 + contrast, 100 - contrast, 100 + contrast];

it("contrast is the mean of the images' standard deviations, whatever their brightness", () => {
  expect(contrastOf(Uint8Array.from([...image(10), ...image(30)]), 4)).toBeCloseTo(20);
  expect(contrastOf(Uint8Array.from([0, 0, 0, 0, 255, 255, 255, 255]), 4)).toBe(0);
});

it("each class counts as much as any other", () => {
  const images = Uint8Array.from([10, 10, 10, 40].flatMap(image));
  expect(contrastByClass({ train: memorySplit(images, [0, 0, 0, 1]), labels: ["a", "b"] }, 4)).toBeCloseTo(25);
});

it("the extrapolation is where the contrast is that of the training images, within bounds", () => {
  expect(extrapolationAt(50, [44, 56])).toBe(1.6);
  expect(extrapolationAt(44, [44, 56])).toBe(1.45);
  expect(extrapolationAt(90, [44, 56])).toBe(1.7);
  expect(extrapolationAt(10, [44, 56])).toBe(1.3);
  expect(extrapolationAt(50, [50, 50])).toBe(1.7); // a network that has learned nothing
});
