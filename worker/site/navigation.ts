/** The site's menu. The bar of every page and the three doors of the home page are made from it. */

export interface MenuGroup {
  readonly name: string;
  /** What a visitor finds behind this door. */
  readonly promise: string;
  /** Path and name of each page. */
  readonly pages: readonly (readonly [path: string, name: string])[];
}

export const NAVIGATION: readonly MenuGroup[] = [
  {
    name: "Play",
    promise: "Draw a few strokes and the network draws along. Turn every dial, mix two seeds, paint over a part.",
    pages: [
      ["/draw", "Draw"],
      ["/studio", "Studio"],
      ["/morph", "Morph"],
      ["/repaint", "Repaint"],
    ],
  },
  {
    name: "Learn",
    promise: "Watch five thousand particles follow a score, and see what the network sees at every noise level.",
    pages: [
      ["/langevin", "Playground"],
      ["/how", "How it works"],
    ],
  },
  {
    name: "Build",
    promise: "An image by its address, a widget, a service of your own, or a model trained on your images.",
    pages: [
      ["/guide", "Guide"],
      ["/reference", "API"],
      ["/model", "Models"],
    ],
  },
];

/** Whether the page at `here` belongs to the menu's `path`. */
export const isAt = (here: string, path: string): boolean =>
  here === path || here.startsWith(`${path}/`) || (path === "/model" && here.startsWith("/models/"));
