/** How the example lies in example.png: the pictures of each class, one after the other, in rows of squares. */

/** The classes, and the drawing of react-kawaii that each is of. */
export const CLASSES = { ghost: "Ghost", "ice cream": "IceCream", mug: "Mug" } as const;
export const [OF_EACH, COLUMNS] = [20, 10];
