/** What one draws with, and drawings to start from. Links hold the indices of colours, so a colour keeps its place. */

export const GREYS = [
  ["#000000", "black"],
  ["#ffffff", "white"],
  ["#aaaaaa", "light grey"],
  ["#555555", "dark grey"],
] as const;

export const COLOURS = [
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

/** Widths of the pen, in 255 parts of the canvas. */
export const PENS = { 8: "fine", 14: "thin", 20: "medium", 38: "thick", 64: "very thick" } as const;

/** Drawings by class, for the model of avatars. */
export const EXAMPLES: Readonly<Record<string, string>> = {
  face: "CAXMAQCAgAEaAQBecAEaAQCecAAMAQBhcAAMAQChcAAMBABWpGy4lLiqpA",
  monster: "DAUQAgBgVFQoBRACAJ5UrCgXBAcAPP9CllhggE6oYL6WxP8BGgEAaIABGgEAmIAADAEAa4AADAEAm4AADgMAZLCAupyw",
  planet: "DgEIAQAoPAEIAQDULAEIAQA81gEIAQDgvgSIAQCAgAsKAgBQbqpgCwwCAEyWsog",
  landscape: "CQUsAQCwMBsEBwAAeEZgjHrIaP98__8A_xcEBgAAqlCWoLD_lv__AP8WBAYAANhayLTe_87__wD_",
  plant: "DAYOAgCAoIBaFwQEAIBkYFRQMHQ8FwQEAIBcjDiwJKhMHQQEAEKYvpiy_07_ARYBAGq8ARYBAJa8AAwBAG28AAwBAJm8AAoCAHTejN4",
  robot: "CR8EBABMLLQstJZMlh4EBABYQKhAqHpYegcOAgBqWGpkBw4CAJZYlmQfBAQAWKCooKjcWNwSBAQAXOJ44nj6XPoSBAQAiuKm4qb6ivoDDAIAgBaAKA",
};
