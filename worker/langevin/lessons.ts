/**
 * The scenes, and a course of three lessons, about a quarter of an hour each. A task is a state of a scene, a question to predict the answer
 * of, and what to try. Tests compute the numbers of the answers (test/langevin/lessons.test.ts, test/langevin/scenes).
 */
import type { Values } from "./fields.ts";
import type { Scene } from "./scene.ts";
import { matching } from "./scenes/matching.ts";
import { modes } from "./scenes/modes.ts";
import { potential } from "./scenes/potential.ts";
import { samplers } from "./scenes/samplers.ts";

/** All scenes, in the order of the page. The first is the default. */
export const SCENES: readonly Scene[] = [potential, modes, matching, samplers];

export const sceneNamed = (name: string): Scene | undefined => SCENES.find((scene) => scene.name === name);

export interface Task {
  /** The question, to be answered before anything moves. */
  readonly predict: string;
  /** What to try then. */
  readonly run: string;
  /** The state that it begins with: a scene, values other than its defaults, and the fields that are shown. */
  readonly scene: string;
  readonly values: Values;
  readonly dials: readonly string[];
  /** The title of the chart that it is about, unless it is the scene's first. */
  readonly chart?: string;
  readonly answer: string;
}

export interface Lesson {
  readonly slug: string;
  readonly title: string;
  readonly aim: string;
  /** What one should know before. */
  readonly before: string;
  /** The numbers of the three tasks for a class that is to discuss too. */
  readonly core: readonly number[];
  readonly tasks: readonly Task[];
}

/** Minutes for a task: one to predict, one to run, one to compare. */
export const MINUTES = 3;

/** Two nearly coincident wells and a lone one. */
const THREE = "-1.2,0.15;-1.2,-0.15;1.2,0";

export const LESSONS: readonly Lesson[] = [
  {
    slug: "boltzmann",
    title: "Sampling a Boltzmann distribution",
    aim: "Find out what decides where particles settle, what only decides how long that takes, and what spoils it.",
    before: "Energy and temperature; the derivative of a function; the mean and variance of random numbers.",
    core: [1, 2, 3],
    tasks: [
      {
        predict:
          "Two wells nearly coincide at (−1.2, ±0.15), and one lies at (1.2, 0). What share of the particles belongs in the right half at kT = 0.5, and at kT = 2?",
        run: "Raise the speed while they settle, and lower it to watch. Read the weight of the right half, then set kT to 2.",
        scene: "potential",
        values: { wells: THREE, temperature: 0.5 },
        dials: ["temperature", "speed"],
        answer: "32 % at kT = 0.5 and 48 % at kT = 2: the left well is nearly twice as deep, which matters less when it is hot.",
      },
      {
        predict: "At kT = 0.1, what share belongs in the right half? Where will the particles be after 20 s?",
        run: "Watch until their clock shows 20 s, then raise the speed and watch until 136 s. They begin on the left.",
        scene: "potential",
        values: { wells: THREE, temperature: 0.1 },
        dials: ["temperature", "speed"],
        answer:
          "0.03 % belong in the right half, but about 1 % are there. The particles begin on a slope, 17 kT above the bottom of the pair, and some coast to the right before friction has taken that energy. The lone well is 9 kT deep, so they stay: after 136 s it is still 1 %. What looks settled need not be: with the lone well on the left and the pair on the right, nearly all would be wrong for as long as you watch.",
      },
      {
        predict:
          "Overdamped steps (Euler–Maruyama) have a bias. By what factor does the distance above that of exact draws fall when Δt is halved from 0.2 s to 0.1 s?",
        run: "Raise the speed until the distance has settled, note it, then set Δt to 0.1 s, and compare with underdamped steps.",
        scene: "potential",
        values: { dynamics: "ald", timeStep: 0.2, temperature: 0.5 },
        dials: ["timeStep", "dynamics", "speed"],
        chart: "Distance to the target",
        answer:
          "To about half, from 0.11 to 0.05: the bias of Euler–Maruyama is of first order in the step. At short steps the noise of the draws hides it. BAOAB stays at what exact draws have at all these steps.",
      },
      {
        predict:
          "Overdamped steps in a well: x ← x − (Δt / γ) k x, plus noise. From which Δt on do they overshoot ever farther? γ is 0.1 per s; compute k = ∂²U/∂x² at (−1.2, 0), between wells at (−1.2, ±0.15).",
        run: "Will particles leave the plane from there on? Set Δt to 0.02 s, raise the speed until the distance has settled, and read it; the same for 0.03 s and 0.07 s. Then lengthen Δt until they leave the plane.",
        scene: "potential",
        values: { wells: THREE, dynamics: "ald", friction: 0.1, timeStep: 0.01, temperature: 0.5 },
        dials: ["timeStep", "speed"],
        chart: "Distance to the target",
        answer:
          "From Δt = 2γ/k = 0.0214 s on, with k = 9.34: |1 − kΔt/γ| must be below 1. But nothing explodes there: the force of a well has a largest value, so the particles only jump to and fro over its bottom. The distance, which is nearly three times the typical one at 0.02 s already, grows to about five times at 0.07 s. From 0.08 s on they leave, at 0.09 s within a minute: the force of the wall grows without end, so that it throws far particles ever farther out.",
      },
      {
        predict:
          "Two wells at (∓0.75, 0), kT = 0.2; the particles begin 0.3 left of the left one, where k = ∂²U/∂x² is 4.75. How far beyond its centre do they swing at a friction of 0.5 per s, and of 5? Which crosses sooner? What share is right in the end?",
        run: "Watch the histogram for 2 s, then raise the speed and note when a quarter is in the right half. Set the friction to 5 per s, then another random seed: they begin anew.",
        scene: "potential",
        values: { wells: "-0.75,0;0.75,0", start: "slope", temperature: 0.2, friction: 0.5 },
        dials: ["friction", "seed", "speed"],
        answer:
          "Below γ = 2√k = 4.36 per s the motion is underdamped. At 0.5 it swings over by e^(−πγ/2ω) = 70 % of 0.3, with ω = √(k − γ²/4), once in 2.9 s; somewhat less, since a well is no spring. At 5 it creeps to the centre and not beyond. Kramers' rate (λ/2π) √(kₓk_y/k_b k_s) e^(−ΔU/kT), with λ = √(γ²/4 + k_b) − γ/2 and the curvatures of well and pass, has a quarter across after 10 s at 0.5 and 24 s at 5; some 10 s and 30 s pass. In the end it is one half at any friction, which decides how fast, not where.",
      },
    ],
  },
  {
    slug: "score-matching",
    title: "Why score matching fails without noise",
    aim: "See the two difficulties of section 3.2 of Song & Ermon (2019), low data density and far modes, and what noise does about them.",
    before: "The first lesson; the gradient of a logarithm; what a neural network is trained for.",
    core: [1, 2, 5],
    tasks: [
      {
        predict:
          "A network learns the score at σ = 0.1. How many times larger will its error be where there are no data than where there are? Will more training help?",
        run: "Let it learn for 1500 steps, at a higher speed if your device keeps up, and read the chart of the error.",
        scene: "matching",
        values: {},
        dials: ["start", "speed"],
        answer:
          "More than ten times, and more training makes the ratio larger. The error falls where data are; elsewhere no example ever corrects it.",
      },
      {
        predict:
          "Now the exact score moves the particles, from everywhere. What share comes to the upper right mode with one noise level? What should it be?",
        run: "Let it run to its end and read the weight of the right half.",
        scene: "matching",
        values: { score: "exact", start: "plane" },
        dials: ["score", "start"],
        answer: "About half, where 80 % would be right. No network is at fault: each particle goes to the mode nearest to where it began.",
      },
      {
        predict: "Write down the score of w N(m₁, s²) + (1 − w) N(m₂, s²). What remains of w close to m₁ when the modes are far apart?",
        run: "Look at the arrows at both modes: can you tell which weighs 80 %?",
        scene: "matching",
        values: { score: "exact", start: "plane" },
        dials: ["score", "start"],
        answer:
          "Nothing: there the density is nearly w N(m₁, s²), its logarithm is log w + log N(m₁, s²), and the gradient of log w is 0. At m₁ in this scene, w = 0.5 and w = 0.8 differ in the score by less than 10⁻⁹.",
      },
      {
        predict:
          "The data now lie on a curve, as images do in the space of all pixels. Will the errors on and off the curve be smaller or larger than with two modes?",
        run: "Let the network learn for 1500 steps, at a higher speed if your device keeps up, then set the data to two modes and compare.",
        scene: "matching",
        values: { data: "curve" },
        dials: ["data", "speed"],
        answer:
          "Larger in both places, and more than ten times as large off the curve as on it. Data on a curve leave nearly the whole plane without examples.",
      },
      {
        predict: "In the right plane the highest noise level is σ = 3. How large will the error be there, all over the plane?",
        run: "Read the third line of the chart of the error.",
        scene: "matching",
        values: { data: "curve" },
        dials: ["data", "speed"],
        answer: "Below 0.1: at σ = 3 the noisy data lie all over the plane, so the network has seen examples everywhere.",
      },
    ],
  },
  {
    slug: "diffusion",
    title: "From Langevin to diffusion",
    aim: "Follow the way from plain Langevin dynamics through annealing to today's samplers, which need few evaluations.",
    before: "The first two lessons.",
    core: [1, 2, 3],
    tasks: [
      {
        predict:
          "In the left plane the noise level stays the same: plain Langevin dynamics. All particles start in the left mode. How many will have reached the right half after 480 steps?",
        run: "Let it run to its end.",
        scene: "modes",
        values: {},
        dials: ["start", "bridge", "speed"],
        answer: "Hardly any: fewer than 2 %. They would have to cross the bridge by chance.",
      },
      {
        predict: "The right plane takes 12 noise levels of 40 steps, 480 steps as well. What share will be in the right half at the end?",
        run: "Let it run to its end, then try other numbers of levels.",
        scene: "modes",
        values: {},
        dials: ["levels", "stepsPerLevel", "speed"],
        answer:
          "25.5 % belong there, and some 27 % come: it is right to within 4 percentage points. At σ = 3 both modes are one hill, so particles divide among them before the barrier grows.",
      },
      {
        predict: "Three samplers have 16 evaluations each. Which will come within twice the distance of exact draws?",
        run: "Pause when the planes rest, after some 3 s, and read their distances: the chart then goes on to the next task.",
        scene: "samplers",
        values: { evaluations: "16" },
        dials: ["evaluations", "speed"],
        answer: "heun and langevin. Annealed Langevin dynamics as published is more than ten times as far off as exact draws.",
      },
      {
        predict: "And with 512? What did annealed Langevin dynamics need all these evaluations for?",
        run: "Let it run to its end, and read the distances and the chart.",
        scene: "samplers",
        values: { evaluations: "512" },
        dials: ["evaluations", "speed"],
        answer:
          "All three come within twice the distance of exact draws. At every noise level annealed Langevin dynamics relaxes by many small noisy steps.",
      },
      {
        predict:
          "Song & Ermon (2020): σ₁ is the largest distance between points, levels have a constant ratio, the step leaves a variance of σ² after a level. Which σ₁ here, with modes at ±1.5? What share comes right with σ₁ = 0.4? Which step: 0.02 σ², 0.1 σ² or 1 σ²?",
        run: "Let it end with σ₁ = 0.4, then 4. With 4, try the steps and 0.3 σ²: read the variance after a level and the distance.",
        scene: "modes",
        values: { sigmaMax: 0.4 },
        dials: ["sigmaMax", "relativeStep", "levels"],
        chart: "Distance to the target",
        answer:
          "About 4: the modes are 3 apart, and as wide as a few times 0.25. With σ₁ = 0.4 no level reaches over the gap: 5 % come where 25.5 % belong; with 4 it is 27 %. After a level the variance is 1.43 σ² with steps of 0.02 σ², too few to forget the level before; 1.04 σ² with 0.1 σ²; 1.33 σ² with 1 σ², since long steps add more noise than the score takes away. The rule looks at the noise alone. A mode of width 0.25 takes longer to fill, so 0.3 σ² (1.08 σ²) comes nearer: a distance of 0.041 instead of 0.075.",
      },
    ],
  },
];

/** The task of a number from 1 on. */
export const taskNamed = (slug: string, number: number): Task | undefined =>
  LESSONS.find((lesson) => lesson.slug === slug)?.tasks[number - 1];
