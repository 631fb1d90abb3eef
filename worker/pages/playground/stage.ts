/** A scene on the page: its planes, dials, charts and numbers, and what moves them. */
import { nextTurn } from "../../../wasm-model/render/turn.ts";
import type { Chains } from "../../langevin/diagnostics.ts";
import type { Fields, Values } from "../../langevin/fields.ts";
import type { PointsField } from "../../langevin/points.ts";
import { PARTICLES, type Scene, type Simulation } from "../../langevin/scene.ts";
import { button, element, save } from "../shared/dom.ts";
import { controls, type State } from "../shared/state.ts";
import { ChartView } from "./chart.ts";
import { drawOn } from "./draw-points.ts";
import { csvOf, summary, tabulate } from "./numbers.ts";
import { coloursNow, PlaneView } from "./plane.ts";

/** Frames between an update of the table, one of the charts, one of the chains and one of the warning. */
const FRAMES_PER_READING = 3;
const LEAP = 100;
/** Steps of the chains for one step of the scene. */
const CHAIN_STEPS = 4;
/** Milliseconds for the steps of a frame. More than LONG for STRAINED frames in a row, and there are too many particles. */
const LONG = 60;
const STRAINED = 30;

export interface Staged {
  readonly scene: Scene;
  /** Started with these values. */
  readonly simulation: Simulation;
  readonly values: Values;
  readonly state: State<Fields>;
  /** The names of the fields that have dials. */
  readonly names: readonly string[];
  readonly isPaused: boolean;
  /** Is called whenever tables and charts have new numbers. */
  onRead(): void;
  /** Says what is wrong. */
  fail(words: string): void;
}

export class Stage {
  readonly movement = element("section", { className: "movement", ariaLabel: "Particles" });
  readonly dials: HTMLElement;
  readonly controls = element("div", { className: "buttons", role: "group", ariaLabel: "Movement" });
  readonly charts = element("section", { className: "charts", ariaLabel: "Charts" });
  readonly numbers = element("section", { className: "numbers", ariaLabel: "Numbers", tabIndex: 0 });
  readonly #staged: Staged;
  readonly #planes: readonly PlaneView[];
  readonly #charts: readonly ChartView[];
  readonly #body = element("tbody");
  readonly #report = element("p", { className: "report note", role: "status" });
  readonly #warning = element("p", { className: "problem", ariaLive: "polite" });
  readonly #play = button("Play", () => this.toggle(), { className: "primary" });
  #simulation: Simulation;
  #values: Values;
  #steps = 0;
  #frames = 0;
  #strained = 0;
  /** Steps that are due but not taken yet. */
  #due = 0;
  #isPlaying = false;
  /** When the visitor goes to another scene. */
  readonly #left = new AbortController();

  constructor(staged: Staged) {
    const { scene, simulation, values, state, names } = staged;
    this.#staged = staged;
    this.#values = values;
    this.#simulation = simulation;
    const colours = coloursNow();
    this.#planes = scene.planes.map((caption) => new PlaneView(caption, colours));
    this.#charts = scene.charts.map((text) => new ChartView(text));
    this.#charts.forEach(({ figure }) => void this.charts.append(figure));
    this.charts.dataset.count = String(scene.charts.length);
    const reset = button("Reset", () => state.reset(names), { ariaLabel: "Reset settings" });
    this.dials = element(
      "section",
      { className: "dials panel", ariaLabel: "Settings" },
      controls(state, names, { part: "dial", isLive: () => true, signal: this.#left.signal }),
      element("div", { className: "buttons" }, reset),
    );
    this.#fillMovement();
    this.#fillNumbers();
  }

  get chains(): Chains {
    return this.#simulation.chains;
  }

  /** Takes the colours of the present colour scheme. */
  recolour(): void {
    for (const plane of this.#planes) plane.colours = coloursNow();
    this.#draw();
  }

  #fillMovement(): void {
    const { scene, state } = this.#staged;
    const planes = element("div", { className: "planes" }, ...this.#planes.map(({ figure }) => figure));
    const [drawn] = Object.entries(scene.fields).filter(([, field]) => "spacing" in field);
    if (drawn) {
      const [name, field] = drawn as [string, PointsField];
      const set = (points: string) => state.setLive({ ...field.also, [name]: points });
      drawOn(this.#planes[0].canvases, field, () => String(state.values[name]), set);
    }
    this.controls.append(
      this.#play,
      button("1 step", () => this.#leap(1)),
      button("100 steps", () => this.#leap(LEAP)),
      button("Restart", () => this.#restart()),
    );
    this.movement.append(planes, this.controls, this.#report, this.#warning);
  }

  #fillNumbers(): void {
    const { scene } = this.#staged;
    const heads = scene.planes.map((caption) => element("th", { scope: "col" }, caption));
    const head = element("thead", { className: scene.planes.length > 1 ? "" : "unseen" }, element("tr", {}, element("td"), ...heads));
    const caption = element("caption", { className: "unseen" }, "The planes in numbers");
    const name = `langevin-${scene.name}`;
    const file = button("Save CSV", () => save(`${name}.csv`, new Blob([csvOf(scene, this.#simulation)], { type: "text/csv" })));
    this.numbers.append(element("table", {}, caption, head, this.#body), element("div", { className: "buttons" }, file));
  }

  /** Prepares what takes long in short tasks, so that the page stays responsive, and begins. */
  async begin(): Promise<void> {
    for (const _ of this.#simulation.target.prepare()) await nextTurn();
    for (const read of this.#readings) {
      if (this.#left.signal.aborted) return;
      read();
      await nextTurn();
    }
    if (this.#left.signal.aborted) return;
    for (const plane of this.#planes) plane.resize();
    this.#draw();
    new ResizeObserver(() => {
      if (this.#planes.filter((plane) => plane.resize()).length > 0) this.#draw();
    }).observe(this.movement);
    if (this.#staged.isPaused) this.#tell("Ready");
    else this.play();
  }

  /** Ends all movement. */
  leave(): void {
    this.#left.abort();
    this.#isPlaying = false;
  }

  /** Takes the state's values, if any of them changed. */
  change(): void {
    const before = this.#values;
    this.#values = this.#staged.state.values;
    if (Object.keys(before).every((name) => name === "speed" || before[name] === this.#values[name])) return;
    if (this.#simulation.change) this.#simulation.change(this.#values);
    else this.#start();
    if (!this.#isPlaying) this.#tell("Paused");
  }

  #start(): void {
    this.#simulation = this.#staged.scene.start(this.#values);
    this.#steps = 0;
    this.#due = 0;
  }

  #restart(): void {
    this.#start();
    if (!this.#isPlaying) this.#tell("Paused");
  }

  #advance(count: number): void {
    for (let i = 0; i < count && !this.#simulation.done; i++, this.#steps++) {
      this.#simulation.step();
      for (let k = 0; k < CHAIN_STEPS; k++) this.#simulation.chains.step();
    }
  }

  #leap(count: number): void {
    this.#pause();
    this.#advance(count);
    this.#tell(this.#simulation.done ? "Finished" : "Paused");
  }

  #draw(): void {
    for (const [i, plane] of this.#planes.entries()) plane.draw(this.#simulation.planes[i], this.#isPlaying);
  }

  /** All together they would make a frame long. */
  readonly #readings = [
    () => tabulate(this.#body, this.#simulation.rows()),
    () => this.#simulation.charts().forEach((data, i) => void this.#charts[i].draw(data)),
    () => this.#staged.onRead(),
    () => {
      const words = this.#simulation.warning ?? "";
      if (this.#warning.textContent !== words) this.#warning.textContent = words;
    },
  ];

  /** Reports the state and the results; screen readers say them. */
  #tell(state: string): void {
    this.#draw();
    for (const read of this.#readings) read();
    const steps = `${this.#steps} ${this.#steps === 1 ? "step" : "steps"}`;
    this.#report.textContent = `${state} after ${steps}. ${summary(this.#staged.scene, this.#simulation.rows())}`;
  }

  play(): void {
    if (this.#simulation.done) this.#start();
    this.#isPlaying = true;
    this.#play.textContent = "Pause";
    this.#report.textContent = "Playing.";
    requestAnimationFrame(() => this.#frame());
  }

  #pause(): void {
    this.#isPlaying = false;
    this.#play.textContent = "Play";
  }

  toggle(): void {
    if (this.#isPlaying) {
      this.#pause();
      this.#tell("Paused");
    } else this.play();
  }

  #frame(): void {
    if (!this.#isPlaying) return;
    const before = performance.now();
    this.#due += this.#simulation.stepsPerFrame * (this.#values.speed as number);
    this.#advance(Math.floor(this.#due));
    this.#due -= Math.floor(this.#due);
    this.#strained = performance.now() - before > LONG ? this.#strained + 1 : 0;
    this.#draw();
    if (++this.#frames % FRAMES_PER_READING === 0) this.#readings[(this.#frames / FRAMES_PER_READING) % this.#readings.length]();
    if (this.#strained > STRAINED) this.#relieve();
    if (this.#simulation.done) {
      this.#pause();
      this.#tell("Finished");
    } else requestAnimationFrame(() => this.#frame());
  }

  /** Takes fewer particles, if there are fewer to choose. */
  #relieve(): void {
    this.#strained = 0;
    const numbers = Object.keys(PARTICLES);
    const fewer = numbers[numbers.indexOf(String(this.#values.particles)) - 1];
    if (fewer === undefined) return;
    this.#staged.state.setLive({ particles: fewer });
    this.#staged.fail(`So many particles are too slow on this device. There are ${fewer} now.`);
  }
}
