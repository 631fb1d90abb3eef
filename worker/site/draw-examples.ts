/** What /draw starts from: drawings for models of known classes. Their text is what a link to the page has. */
import type { ModelCard } from "../../wasm-model/model/card.ts";
import type { PageOptions } from "./state.ts";

/** The pen that the page offers first. */
interface PenSettings {
  readonly tool: "line" | "shape";
  /** Index in the page's palette. */
  readonly ink: number;
  readonly width: number;
}

interface DrawExamples {
  /** Of the image that visitors see first. */
  readonly seed: string;
  readonly pen: PenSettings;
  /** By class. */
  readonly drawings: Readonly<Record<string, string>>;
}

const EXAMPLES: readonly DrawExamples[] = [
  {
    seed: "3",
    pen: { tool: "shape", ink: 2, width: 8 },
    drawings: {
      Sneaker: "ABIIFgASoBebMo5UeW1hd1-XbqVxyHHne_ST96Hzru6y27iQvDe8H7oQtguwDKkQowEMAwAUupC-7rY",
      "Ankle boot": "ABMIHQB6GoAWkBKkE7QYuhy9IsAywGTKktHC0MzL08LVpdJ_yG_JL9Yf1BnNGsQfvjysYJxtiHVsd1t1PHcg",
      Bag: "ABMIBAAocNdw5Noc2gEOCgBQcFVSXEBjOHEveyyPL6E8qUuwcA",
      Dress: "ABIIBwBkGIAinBigWsToPOhgWg",
      "T-shirt/top": "ABIIDABUImwwkjCsIuxI2nC8YrzkROREYiZwFEg",
    },
  },
  {
    seed: "3",
    pen: { tool: "line", ink: 1, width: 20 },
    drawings: {
      3: "AAEUGgBIPmQueCiWL6M2rD6vSK5Tql-kaJlufXR4eH98oIWsjLOWt6K4r7S6qsST04LZc9pi1ELC",
      5: "AAEUFwC0MHsrZC1cMFc1UUZPWlRwXHJ-Z4RokW2edq2Gspqwq6q8osiN03PYZNhU0ULA",
      7: "AAEUAwA-OsA2etw",
      8: "AAESFQCsQIkpfCZhMVNBU0tbV6CVqqKsqKuvo76P04LYdNRsz1i6UqxTpmGTrkg",
    },
  },
  {
    seed: "2",
    pen: { tool: "shape", ink: 5, width: 14 },
    drawings: {
      face: "CAXMAQCAgAEaAQBecAEaAQCecAAMAQBhcAAMAQChcAAMBABWpGy4lLiqpA",
      monster: "DAUQAgBgVFQoBRACAJ5UrCgXBAcAPP9CllhggE6oYL6WxP8BGgEAaIABGgEAmIAADAEAa4AADAEAm4AADgMAZLCAupyw",
      planet: "DgEIAQAoPAEIAQDULAEIAQA81gEIAQDgvgSIAQCAgAsKAgBQbqpgCwwCAEyWsog",
      landscape: "CQUsAQCwMBsEBwAAeEZgjHrIaP98__8A_xcEBgAAqlCWoLD_lv__AP8WBAYAANhayLTe_87__wD_",
      plant: "DAYOAgCAoIBaFwQEAIBkYFRQMHQ8FwQEAIBcjDiwJKhMHQQEAEKYvpiy_07_ARYBAGq8ARYBAJa8AAwBAG28AAwBAJm8AAoCAHTejN4",
      robot: "CR8EBABMLLQstJZMlh4EBABYQKhAqHpYegcOAgBqWGpkBw4CAJZYlmQfBAQAWKCooKjcWNwSBAQAXOJ44nj6XPoSBAQAiuKm4qb6ivoDDAIAgBaAKA",
    },
  },
  {
    seed: "6",
    pen: { tool: "shape", ink: 10, width: 14 },
    drawings: {
      horse:
        "CRcIBAAAqP-o__8A_xoKEQBCfEh3YHOfbbhuw3bGgcaPwZy1oYKcXqNTo0qfRJZAhUGAGgoHALCIrHDGPtZC7mDias5iCg4CAFCWUNgKDgIAYJZm2AoOAgColqTYCg4CALiWuNgODgIARH4yog",
      ship: "CRgIBAAAqP-o__8A_xMIBAAclOaKysA6wBEIBABaaqBqpZJakg4OAgB-aH5G",
      automobile: "DxIIBAAAvv--__8A_xMICAAUlEKIYGKoYsqG7JTswhTCGQQEAFaCaGqiariCACYCAEbDR8MAJgIAvsO_ww",
      truck: "CRIIBAAAxP_E__8A_xEIBAAUUKBQoL4UvhMIBQCkcNJw7JbsvqS-ACYCAEDEQcQAJgIAyMTJxA",
    },
  },
];

/** A line to begin with, for models of other classes: white on black. */
const OTHERS: DrawExamples = { seed: "6", pen: { tool: "line", ink: 1, width: 20 }, drawings: {} };
const EMPTY = "AA";

const examplesFor = ({ labels }: ModelCard): DrawExamples =>
  EXAMPLES.find(({ drawings }) => Object.keys(drawings).every((label) => labels.includes(label))) ?? OTHERS;

export const penOf = (card: ModelCard): PenSettings => examplesFor(card).pen;

/** Classes with their drawings. */
export const examplesOf = (card: ModelCard): readonly (readonly [label: string, strokes: string])[] =>
  Object.entries(examplesFor(card).drawings);

export const opening = (card: ModelCard): Partial<PageOptions> => ({ class: examplesOf(card)[0]?.[0], seed: examplesFor(card).seed });

/** The drawing of a class, the first one where no class is asked for; empty paper if there is none. */
export const exampleOf = (card: ModelCard, label: unknown): string => {
  const { drawings } = examplesFor(card);
  return drawings[label === undefined ? Object.keys(drawings)[0] : String(label)] ?? EMPTY;
};
