/**
 * Three sheets of five tasks. A task speaks of a state of a scene, which its address holds; numbers of an answer that
 * mathematics gives are computed here from the scene's own functions, the others are tested (test/langevin/lessons.test.ts).
 */
import { writeAddress } from "./address.ts";
import { defaults, type Point, type SceneValues } from "./controls.ts";
import { CONTROLS } from "./scenes/index.ts";
import { probabilities, rightHalf } from "./target.ts";
import { energy, largestCurvature } from "./wells.ts";

export interface Task {
  readonly text: string;
  /** The state that it speaks of. */
  readonly scene: string;
  readonly values: SceneValues;
  readonly answer: () => string;
}

export interface Lesson {
  readonly slug: string;
  readonly title: string;
  readonly aim: string;
  readonly tasks: readonly Task[];
}

/** Two wells on top of each other nearly, and one alone. */
const THREE: readonly Point[] = [
  [-1.2, 0.15],
  [-1.2, -0.15],
  [1.2, 0],
];

const percent = (share: number): string => `${Math.round(100 * share)} %`;

/** The share of the particles in the plane's square that belongs in its right half at a temperature. */
export function boltzmannShare(temperature: number): number {
  const cells = probabilities((x, y) => Math.exp(-energy(THREE, x, y) / temperature));
  return rightHalf(cells) / (1 - cells.at(-1)!);
}

/** The largest stable step of Euler-Maruyama in these wells. */
export const stableStep = (friction: number, temperature: number): number =>
  (2 * friction) / largestCurvature((x, y) => energy(THREE, x, y), temperature);

/** The score of a Gaussian of standard deviation s with noise sigma, at x. */
export const gaussianScore = (x: number, s: number, sigma: number): number => -x / (s * s + sigma * sigma);

export const LESSONS: readonly Lesson[] = [
  {
    slug: "boltzmann",
    title: "Sampling a Boltzmann distribution",
    aim: "Find out what decides where particles settle, what only decides how long that takes, and what a long step spoils.",
    tasks: [
      {
        text: "Two wells nearly coincide on the left, and one lies on the right. Guess what share of the particles belongs in the right half at kT = 0.5 and at kT = 2. Then let them settle, and add up the right half of the histogram.",
        scene: "potential",
        values: { wells: THREE, temperature: 0.5 },
        answer: () =>
          `${percent(boltzmannShare(0.5))} at kT = 0.5 and ${percent(boltzmannShare(2))} at kT = 2: the left well is nearly twice as deep, which matters less when it is hot.`,
      },
      {
        text: "Lower kT to 0.1 and restart. What does the Boltzmann distribution say about the right half now? Where are the particles after 20 s, and why may both be nearly the same here?",
        scene: "potential",
        values: { wells: THREE, temperature: 0.1 },
        answer: () =>
          `${percent(boltzmannShare(0.1))} belong in the right half. The particles begin at the left and hardly leave it: the barrier is many kT high. They look settled because they began where they belong. Draw the lone well on the left and the pair on the right, and they are wrong for as long as you watch.`,
      },
      {
        text: "Choose the overdamped dynamics with Δt = 0.2 s. Wait until the chart “Settled distance by step” is full. How does the distance above the best possible change when the step is halved?",
        scene: "potential",
        values: { dynamics: "ald", timeStep: 0.2, temperature: 0.5 },
        answer: () =>
          "It falls to less than two thirds with each halving until the noise of the draws hides it. The bias of Euler–Maruyama is of first order in the step; BAOAB stays at the best possible all along.",
      },
      {
        text: "With overdamped dynamics, lower the friction to 0.1 per s. From which step on is the scene unstable in these wells? Derive it from x ← x − (Δt / γ) k x for a well of curvature k.",
        scene: "potential",
        values: { wells: THREE, dynamics: "ald", friction: 0.1, timeStep: 0.01, temperature: 0.5 },
        answer: () =>
          `From Δt = 2γ/k = ${Number(stableStep(0.1, 0.5).toPrecision(2))} s on: |1 − kΔt/γ| must be below 1, where k is the largest curvature of the potential.`,
      },
      {
        text: "Measure D from the chart of γ D at γ = 0.2 and at γ = 5, both at kT = 0.5. By what factor does D change, and what stays the same?",
        scene: "potential",
        values: { friction: 0.2, temperature: 0.5 },
        answer: () =>
          "D = kT / γ is 25 times smaller at γ = 5. The product γ D stays kT = 0.5, up to the few percent by which 2000 particles scatter.",
      },
    ],
  },
  {
    slug: "score-matching",
    title: "Why score matching fails without noise",
    aim: "See the two difficulties of section 3.2 of Song & Ermon (2019), low data density and far modes, and what noise does about them.",
    tasks: [
      {
        text: "Let the networks learn for 1500 steps. Read the chart of the error: at σ = 0.1, how many times larger is it where there are no data than where there are? Will more training help?",
        scene: "matching",
        values: {},
        answer: () =>
          "More than five times, and more training makes the ratio larger. The error falls where data are; elsewhere no example ever corrects it.",
      },
      {
        text: "Let the exact score move the particles, from everywhere. What share ends in the right half with one noise level? What should it be?",
        scene: "matching",
        values: { score: "exact", start: "plane" },
        answer: () =>
          "About half, where 80 % would be right. No network is at fault: each particle goes to the mode nearest to where it began.",
      },
      {
        text: "Write down the score of w N(m₁, s²) + (1 − w) N(m₂, s²). What remains of w close to m₁ when the modes are far apart?",
        scene: "matching",
        values: { score: "exact", start: "plane", shade: "density" },
        answer: () =>
          "Nothing: there the density is nearly w N(m₁, s²), its logarithm is log w + log N(m₁, s²), and the gradient of log w is 0. At m₁ in this scene, w = 0.5 and w = 0.8 differ in the score by less than 10⁻⁹.",
      },
      {
        text: "Choose “a curve” as data: the manifold case. Compare the error on and off the curve with that of the two modes.",
        scene: "matching",
        values: { data: "curve" },
        answer: () =>
          "It is larger in both places, and again more than five times as large off the curve. Data on a curve leave nearly the whole plane without examples.",
      },
      {
        text: "In the right plane the highest noise level is σ = 3. Look at the error there, all over the plane. Why is it so small?",
        scene: "matching",
        values: { data: "curve" },
        answer: () => "Below 0.1: at σ = 3 the noisy data lie all over the plane, so the network has seen examples everywhere.",
      },
    ],
  },
  {
    slug: "diffusion",
    title: "From Langevin to diffusion",
    aim: "Follow the way from plain Langevin dynamics through annealing to today's samplers, which need few evaluations.",
    tasks: [
      {
        text: "In the left plane the noise level stays the same: plain Langevin dynamics. All particles start in the left mode. How many have reached the right half at the end, after 480 steps?",
        scene: "modes",
        values: {},
        answer: () => "Hardly any: fewer than 2 %. They would have to cross the bridge by chance.",
      },
      {
        text: "The right plane takes 12 noise levels of 40 steps, 480 steps as well. What share is in the right half at the end?",
        scene: "modes",
        values: {},
        answer: () =>
          "The right one, to within 4 percentage points. At σ = 3 both modes are one hill, so particles divide among them before the barrier grows.",
      },
      {
        text: "Let the six samplers have 16 evaluations each. Which come within twice the best possible distance?",
        scene: "samplers",
        values: { evaluations: "16" },
        answer: () =>
          "langevin with 16 and few-step with 6. Annealed Langevin dynamics as published is more than ten times as far off as exact draws.",
      },
      {
        text: "And with 512? What did annealed Langevin dynamics need all these evaluations for?",
        scene: "samplers",
        values: { evaluations: "512" },
        answer: () =>
          "All six come within twice the best possible. At every noise level annealed Langevin dynamics relaxes by many small noisy steps.",
      },
      {
        text: "For one Gaussian of standard deviation s around 0, the score with noise σ is −x / (s² + σ²). Compute it at x = 1 for s = 0.2 and σ = 3, then for σ = 0.03. Which arrow do you trust a network to learn better, and why do both point to 0?",
        scene: "samplers",
        values: { law: "pair" },
        answer: () =>
          `${gaussianScore(1, 0.2, 3).toFixed(2)} and ${gaussianScore(1, 0.2, 0.03).toFixed(1)}. At σ = 3 examples lie around x = 1, at σ = 0.03 hardly any do, five standard deviations away. Both point to where the data are.`,
      },
    ],
  },
];

/** The address of a task's state, below /langevin. */
export const addressOfTask = ({ scene, values }: Task): string =>
  writeAddress({ scene, values: { ...defaults(CONTROLS[scene]), ...values } }, CONTROLS);
