import type { LabelledImages } from "../network/shape.ts";
/** Images of a sheet that a run shows while it learns. */
export declare const SHEET_IMAGES = 16;
/** Two squares: images spread over the folder, and the first drawn ones. */
export declare function progressSheet(drawn: Uint8Array, dataset: LabelledImages): Uint8Array;
/** Drawn images, eight in a row above the nearest training image of each. */
export declare function neighboursSheet(drawn: Uint8Array, nearest: readonly number[], dataset: LabelledImages): Uint8Array;
