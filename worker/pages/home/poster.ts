/** What Home opens with: a name, and the wall, whose poster `npm run tool -- wall` draws. A classifier chose its seeds. */
import selection from "./wall.json" with { type: "json" };

/** Columns of the poster, and pixels of an image's own edge around it, so that smooth scaling mixes in no neighbour. */
export const [COLUMNS, EDGE] = [10, 1];

/** The name that Home opens with. */
export const FIRST_NAME = "Leo";

/** The version of the model with which these seeds were chosen. */
export const SELECTION: { readonly version: string; readonly seeds: readonly string[] } = selection;
