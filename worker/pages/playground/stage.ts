/** A scene on the page: its planes, dials, charts and numbers, and what moves them. */
import { nextTurn } from "../../../wasm-model/render/turn.ts";
import type { Fields, Values } from "../../langevin/fields.ts";
import type { Task } from "../../langevin/lessons.ts";
import { fieldsOf, type Scene, type Simulation } from "../../langevin/scene.ts";
import type { PointsField } from "../../langevin/wells.ts";
import { button, element, noteOn } from "../shared/dom.ts";
import { controls, type PageState } from "../shared/state.ts";
import { ChartView, nameOf, summary, tabulate } from "./chart.ts";
import { coloursNow, drawPointsOn, PlaneView } from "./plane.ts";

/** Frames between an update of the table, one of each chart, ... */
const FRAMES_PER_READING = 2;
const LEAP = 100;
/** What words, signs and colours of the planes mean. */
const NOTES: Readonly<Record<string, string>> = {
  Distance: "Total variation: the share of particles in a wrong one of 400 cells.",
  σ: "The noise’s standard deviation.",
  Colours: "Arrows: score or force. Shade: the density to reach.",
};
const PURPLE = { Purple: "How far the learned score is from the exact one." };
/** Milliseconds of work after which the page's other work has its turn. */
const TURN = 4;

export interface Staged {
  readonly scene: Scene;
  readonly state: PageState<Fields>;
  readonly task: Task | undefined;
}

export class Stage {
  readonly movement = element("section", { className: "movement", ariaLabel: "Particles" });
  readonly dials: HTMLElement;
  readonly controls = element("div", { className: "buttons", role: "group", ariaLabel: "Movement" });
  readonly charts = element("section", { className: "charts", ariaLabel: "Charts" });
  readonly numbers = element("section", { className: "numbers", ariaLabel: "Numbers", tabIndex: 0 });
  readonly #staged: Staged;
  /** The names of the fields that have dials. */
  readonly #names: readonly string[];
  readonly #planes: readonly PlaneView[];
  readonly #row = element("div", { className: "planes" });
  readonly #body = element("tbody");
  readonly #report = element("p", { className: "report note", role: "status" });
  readonly #warning = element("p", { className: "problem", ariaLive: "polite" });
  readonly #play = button("Play", () => this.#toggle(), { className: "primary" });
  /** Each shows a part of the numbers. */
  #readings: readonly (() => void)[] = [];
  #simulation!: Simulation;
  /** The values that the simulation has. */
  #values: Values;
  #steps = 0;
  #frames = 0;
  /** Steps that are due but not taken yet. */
  #due = 0;
  #isPlaying = false;
  /** Whether frames come; a last one may after a pause. */
  #isMoving = false;
  /** The queue of work: each part begins when the one before it has ended. */
  #work: Promise<void> = Promise.resolve();
  /** When the visitor goes to another scene. */
  readonly #left = new AbortController();

  constructor(staged: Staged) {
    const { scene, state, task } = staged;
    this.#staged = staged;
    this.#values = state.values;
    this.#names = task?.dials ?? Object.keys(fieldsOf(scene));
    const colours = coloursNow();
    this.#planes = scene.planes.map((caption, nth) => new PlaneView(caption, nth, colours));
    this.dials = element(
      "section",
      { className: "dials panel", ariaLabel: "Settings" },
      controls(state, this.#names, { isLive: true, signal: this.#left.signal }),
      ...(scene.formula ? [element("p", { className: "note" }, scene.formula)] : []),
    );
    this.#fillMovement();
    this.#fillNumbers();
  }

  #fillMovement(): void {
    const { scene, state } = this.#staged;
    this.#row.append(...this.#planes.map(({ figure }) => figure));
    const [drawn] = Object.entries(scene.fields).filter(([name, field]) => "spacing" in field && this.#names.includes(name));
    if (drawn) {
      const [name, field] = drawn as [string, PointsField];
      const set = (points: string) => state.setLive({ [name]: points });
      drawPointsOn(this.#planes[0].canvases, field, () => String(state.values[name]), set);
    }
    this.controls.append(
      this.#play,
      button("1 step", () => this.#leap(1)),
      button("100 steps", () => this.#leap(LEAP)),
      button("Restart", () => this.#restart()),
      this.#report,
    );
    this.movement.append(this.#row, this.controls, this.#warning);
  }

  #fillNumbers(): void {
    const { scene } = this.#staged;
    const heads = scene.planes.map((caption) => element("th", { scope: "col" }, nameOf(caption)));
    const head = element("thead", { className: scene.planes.length > 1 ? "" : "unseen" }, element("tr", {}, element("td"), ...heads));
    const caption = element("caption", { className: "unseen" }, "The planes in numbers");
    const words = { ...NOTES, ...(scene.name === "matching" && PURPLE) };
    const notes = Object.entries(words).map(([word, text]) => noteOn(word, () => text, true));
    const asks = element("p", { className: "buttons" }, ...notes.map(([ask]) => ask));
    this.numbers.append(element("table", {}, caption, head, this.#body), asks, ...notes.map(([, told]) => told));
  }

  /** Shows the scene, and begins to move it unless it is to stand still. */
  async begin(): Promise<void> {
    await this.#do(() => this.#start());
    if (this.#left.signal.aborted) return;
    const resize = () => this.#planes.filter((plane) => plane.resize()).length > 0 && this.#do(() => this.#draw());
    new ResizeObserver(resize).observe(this.#row);
    const isPaused = this.#staged.task !== undefined || matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (!isPaused && !this.#isPlaying) this.#toggle();
  }

  /** The charts of this simulation, first the one that the task is about. */
  #fillCharts(): void {
    const first = this.#simulation.charts();
    const charts = first.map((chart) => new ChartView(chart));
    this.charts.replaceChildren(...charts.map(({ figure }) => figure));
    const read = charts[first.findIndex(({ title }) => title === this.#staged.task?.chart)];
    if (read) this.charts.prepend(read.figure);
    this.#readings = [
      () => tabulate(this.#body, this.#simulation.rows()),
      ...charts.map((view, i) => () => view.draw(this.#simulation.charts()[i])),
      () => {
        const words = this.#simulation.warning?.() ?? "";
        if (this.#warning.textContent !== words) this.#warning.textContent = words;
      },
    ];
  }

  /** Ends all movement. */
  leave(): void {
    this.#left.abort();
    this.#isPlaying = false;
  }

  /** Does work in short parts, so that the page stays responsive, after all that is to be done before. */
  #do(parts: () => Iterable<void>): Promise<void> {
    const work = async (): Promise<void> => {
      await nextTurn();
      let begun = performance.now();
      for (const _ of this.#left.signal.aborted ? [] : parts()) {
        if (performance.now() - begun < TURN) continue;
        await nextTurn();
        if (this.#left.signal.aborted) return;
        begun = performance.now();
      }
    };
    this.#work = this.#work.then(work);
    return this.#work;
  }

  /** Takes the state's values, if any of them changed. */
  change(): void {
    this.#do(() => this.#adopt());
  }

  *#adopt(): Generator<void> {
    const before = this.#values;
    this.#values = this.#staged.state.values;
    if (Object.keys(before).every((name) => name === "speed" || before[name] === this.#values[name])) return;
    yield* this.#start(this.#simulation.change?.(this.#values));
  }

  /** Starts the scene anew, or goes on with a simulation. */
  *#start(simulation?: Simulation): Generator<void> {
    this.#simulation = simulation ?? (yield* this.#staged.scene.start(this.#values));
    this.#steps = 0;
    this.#due = 0;
    yield* this.#simulation.target.prepare();
    for (const plane of this.#planes) plane.resize();
    yield;
    if (this.#simulation.charts().length !== this.charts.childElementCount) this.#fillCharts();
    yield;
    if (!this.#isPlaying) yield* this.#tell();
  }

  /** With the settings of the task, if there is one. */
  #restart(): void {
    const { state, task } = this.#staged;
    if (task) state.setLive(Object.fromEntries(task.dials.map((name) => [name, state.fields[name].default])));
    this.#do(() => this.#start());
  }

  *#advance(count: number): Generator<void> {
    for (let i = 0; i < count && !this.#simulation.done(); i++, this.#steps++) {
      yield* this.#simulation.step();
      yield;
    }
  }

  #leap(count: number): void {
    this.#pause();
    this.#do(() => this.#advance(count));
    this.#do(() => this.#tell());
  }

  *#draw(): Generator<void> {
    for (const [i, plane] of this.#planes.entries()) {
      yield* plane.draw(this.#simulation.planes[i](), this.#isPlaying);
    }
  }

  /** Shows everything and reports the state; screen readers say the results, too. */
  *#tell(): Generator<void> {
    const done = this.#simulation.done();
    yield* this.#draw();
    for (const read of this.#readings) {
      read();
      yield;
    }
    const state = done ? "Finished" : this.#steps === 0 ? "Ready" : "Paused";
    const steps = `${this.#steps} ${this.#steps === 1 ? "step" : "steps"}`;
    const results = element("span", { className: "unseen" }, summary(this.#staged.scene, this.#simulation.rows()));
    this.#report.replaceChildren(`${state} after ${steps}. `, results);
    if (!this.#isPlaying) this.#play.textContent = done ? "Again" : "Play";
  }

  #pause(): void {
    this.#isPlaying = false;
    this.#play.textContent = "Play";
  }

  #toggle(): void {
    if (this.#isPlaying) {
      this.#pause();
      this.#do(() => this.#tell());
      return;
    }
    this.#isPlaying = true;
    this.#play.textContent = "Pause";
    this.#report.textContent = "Playing.";
    this.#do(() => (this.#simulation.done() ? this.#start() : [])); // after its end it starts anew
    this.#move();
  }

  async #move(): Promise<void> {
    if (this.#isMoving) return;
    this.#isMoving = true;
    while (this.#isPlaying) {
      await new Promise(requestAnimationFrame);
      await this.#do(() => this.#frame());
    }
    this.#isMoving = false;
  }

  *#frame(): Generator<void> {
    if (!this.#isPlaying) return;
    this.#due += this.#simulation.stepsPerFrame() * (this.#values.speed as number);
    yield* this.#advance(Math.floor(this.#due));
    this.#due -= Math.floor(this.#due);
    yield* this.#draw();
    if (++this.#frames % FRAMES_PER_READING === 0) this.#readings[(this.#frames / FRAMES_PER_READING) % this.#readings.length]();
    if (!this.#simulation.done() || !this.#isPlaying) return;
    this.#pause();
    yield* this.#tell();
  }
}
