/** The site's pages, in a state that can be repeated. */
export const PAGES = [
  "/?seed=7",
  "/studio?seed=7",
  "/studio?seed=7&steps=65",
  "/morph?seed=7&to=8",
  "/repaint?seed=7&from=8",
  "/langevin",
  "/langevin?scene=modes",
  "/langevin?scene=curve",
  "/langevin?scene=matching",
  "/langevin?scene=samplers",
  "/langevin?friction=99",
  "/reference",
  "/models/fashion-mnist",
];
