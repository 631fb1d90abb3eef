/** The site's menu. The bar of every page and the three doors of the home page are made from it. */

export interface MenuGroup {
  readonly name: string;
  /** What a visitor finds behind this door. */
  readonly promise: string;
  /** `of`: the page is that of a model. */
  readonly pages: readonly (readonly [path: string, name: string, of?: "model"])[];
}

export const NAVIGATION: readonly MenuGroup[] = [
  {
    name: "Play",
    promise: "Sketch, and the network makes an image of it. Try every setting, mix two seeds, or repaint a part.",
    pages: [
      ["/draw", "Draw", "model"],
      ["/studio", "Studio", "model"],
      ["/morph", "Morph", "model"],
      ["/repaint", "Repaint", "model"],
    ],
  },
  {
    name: "Learn",
    promise: "See how noise becomes an image, level by level, and watch 5000 particles move by the same rule.",
    pages: [
      ["/playground/", "Playground"],
      ["/how/", "How it works"],
    ],
  },
  {
    name: "Build",
    promise: "Images by URL, a widget, a service of your own, or a model trained on your images.",
    pages: [
      ["/build/", "Guide"],
      ["/build/api/", "API"],
      ["/build/models/", "Models"],
    ],
  },
];

/** Whether the page at `here` belongs to the menu's `path`. */
export const isAt = (here: string, path: string): boolean => here === path || here.startsWith(`${path}/`);
