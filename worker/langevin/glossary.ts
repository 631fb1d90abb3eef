/** The usual words, as the playground means them. */
export const GLOSSARY: readonly (readonly [term: string, meaning: string])[] = [
  ["Target distribution", "The distribution that the particles should come to. The bands in a plane are its density."],
  [
    "Score",
    "The gradient of the logarithm of a density. It points to where the density grows. A constant factor of the density does not change it.",
  ],
  [
    "Langevin dynamics",
    "A walk along the score with noise in each step. In the limit of short steps its particles come to the target distribution and stay there.",
  ],
  ["Noise level σ", "The standard deviation of the Gaussian noise that is added to the data, in lengths of the plane."],
  ["Annealing", "Beginning at a high noise level and lowering it slowly, so that particles find their place while it is easy to move."],
  [
    "Total variation",
    "Half the sum, over 400 cells and the plane outside, of |share of particles − probability|: the share of the particles that are in the wrong cell. 0 is best, 1 is worst.",
  ],
  [
    "Best possible",
    "The mean total variation of as many exact, independent draws. Random draws never fill the cells evenly, so it is above 0.",
  ],
  ["Bias of a step", "The distance that remains, however long you wait, because steps have a length. Smaller steps make it smaller."],
  ["Metropolis test", "Accepts a proposed step with just the probability that makes the target distribution exact, and otherwise stays."],
  [
    "Acceptance",
    "The share of proposed steps that a Metropolis test accepts. Near 1 the steps are too short, near 0 the particles stand still.",
  ],
  ["Autocorrelation", "How much the x of a particle still resembles its x some steps before: 1 the same, 0 forgotten."],
  [
    "Effective sample size",
    "How many independent draws a path is worth: its number of places over 1 + 2 × the sum of their autocorrelations.",
  ],
  [
    "Boltzmann distribution",
    "Density proportional to exp(−U / kT): there are many particles where the energy U is low, and even more when it is cold.",
  ],
  ["Evaluation", "One calculation of the score, or of the denoiser that gives it. For images it is a network and nearly all of the work."],
];
