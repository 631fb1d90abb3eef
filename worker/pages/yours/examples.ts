/** The pictures to try with: how they lie in their files, those of each class one after the other, in rows of squares. */
export const EXAMPLES = {
  drawings: { classes: ["ghost", "ice cream", "mug"], side: 32, ofEach: 20, columns: 10 },
  sprites: { classes: ["monster", "mushroom", "potion"], side: 24, ofEach: 32, columns: 12 },
} as const;
