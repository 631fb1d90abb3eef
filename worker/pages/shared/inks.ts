/** What one draws with, and drawings to start from. Links hold the indices of colours, so a colour keeps its place. */

const GREYS = [
  ["#000000", "black"],
  ["#ffffff", "white"],
  ["#aaaaaa", "light grey"],
  ["#555555", "dark grey"],
] as const;

const COLOURS = [
  ["#000000", "black"],
  ["#ffffff", "white"],
  ["#808080", "grey"],
  ["#c82828", "red"],
  ["#e68c28", "orange"],
  ["#f0d250", "yellow"],
  ["#468c3c", "green"],
  ["#78b45a", "meadow"],
  ["#285aaa", "blue"],
  ["#96c3eb", "sky"],
  ["#6e4628", "brown"],
  ["#be9664", "sand"],
  ["#5a3c78", "purple"],
  ["#e696aa", "pink"],
  ["#3c3c3c", "dark grey"],
  ["#c8c8cd", "light grey"],
] as const;

export interface Inks {
  /** In CSS, with their names. */
  readonly colours: readonly (readonly [colour: string, name: string])[];
  /** As bytes. */
  readonly palette: readonly (readonly number[])[];
  /** Indices of the background and of the first pen. */
  readonly paper: number;
  readonly pen: number;
  /** Options that suit drawings, looked for by eye. */
  readonly options: Readonly<Record<string, number>>;
}

const bytesOf = ([colour]: readonly [string, string]): number[] => [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));

/** For models of images in colour, black on white paper; for those of grey images, which are on black, white on black. */
export function inksOf(channels: number): Inks {
  if (channels === 1) return { colours: GREYS, palette: GREYS.map(bytesOf), paper: 0, pen: 1, options: { temperature: 0.7 } };
  return { colours: COLOURS, palette: COLOURS.map(bytesOf), paper: 1, pen: 0, options: { guidance: 2 } };
}

/** Drawings by class, for the model of avatars. */
export const EXAMPLES: Readonly<Record<string, string>> = {
  face: "CAXMAQCAgAEaAQBecAEaAQCecAAMAQBhcAAMAQChcAAMBABWpGy4lLiqpA",
  monster: "DAUQAgBgVFQoBRACAJ5UrCgXBAcAPP9CllhggE6oYL6WxP8BGgEAaIABGgEAmIAADAEAa4AADAEAm4AADgMAZLCAupyw",
  person: "CRgUBAA6_kjWuNbG_gskAgCAvoDWGxgGAFRUrFSsqJS-bL5UqBoYBgBMblQ8rDy0bqRUXFQBIgEAaH4BIgEAmH4AEgEAan4AEgEAln4DDgIAcqyOrA",
  planet: "DgEIAQAoPAEIAQDULAEIAQA81gEIAQDgvgSIAQCAgAsKAgBQbqpgCwwCAEyWsog",
  landscape: "CQUsAQCwMBsEBwAAeEZgjHrIaP98__8A_xcEBgAAqlCWoLD_lv__AP8WBAYAANhayLTe_87__wD_",
  plant: "DAYOAgCAoIBaFwQEAIBkYFRQMHQ8FwQEAIBcjDiwJKhMHQQEAEKYvpiy_07_ARYBAGq8ARYBAJa8AAwBAG28AAwBAJm8AAoCAHTejN4",
  robot: "CR8EBABMLLQstJZMlh4EBABYQKhAqHpYegcOAgBqWGpkBw4CAJZYlmQfBAQAWKCooKjcWNwSBAQAXOJ44nj6XPoSBAQAiuKm4qb6ivoDDAIAgBaAKA",
};
