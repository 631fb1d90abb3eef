/**
 * The page at /langevin: runs the scene of its address, draws it, and keeps settings, address and words in step. It
 * starts in several short tasks, so that the page stays responsive.
 */
import { nextTurn } from "../../../wasm-model/render/turn.ts";
import { find, pressEarly } from "../../site/client/dom.ts";
import { type Flag, readAddress, writeAddress } from "../address.ts";
import { defaults, type SceneValues } from "../controls.ts";
import type { Simulation } from "../scene.ts";
import { CONTROLS, sceneNamed } from "../scenes/index.ts";
import { ChartView } from "./chart-view.ts";
import { coloursNow } from "./colours.ts";
import { DiagnosticsView } from "./diagnostics-view.ts";
import { tabulate } from "./number-table.ts";
import { Pen } from "./pen.ts";
import { PlaneView, summary } from "./plane-view.ts";
import { csvOf, pngOf, save } from "./save.ts";
import { SettingsForm } from "./settings-form.ts";

/** Frames between two updates of tables and charts. */
const FRAMES_PER_READING = 12;
/** Milliseconds from the last change to the new address: browsers limit how often it may change. */
const ADDRESS_DELAY = 200;
const LEAP = 100;
/** Steps of the diagnostics' paths for one step of the scene. */
const PATH_STEPS = 4;
/** Length of the longer of the two arrows of a single step, in lengths of the plane. */
const ARROW = 1;

await nextTurn(); // in this task the browser lays the page out
const asked = readAddress(new URLSearchParams(location.search), CONTROLS);
const scene = sceneNamed(asked.scene);
const controls = CONTROLS[scene.name]!;
let { values } = asked;
let flags: readonly Flag[] = asked.flags;
let steps = 0;
let isPlaying = !flags.includes("paused") && !matchMedia("(prefers-reduced-motion: reduce)").matches;
/** Whether the last thing was a single step, which is shown as two arrows. */
let isSingle = false;
/** Steps that are due but not taken yet. */
let due = 0;
let frames = 0;
let writing: ReturnType<typeof setTimeout> | undefined;

await nextTurn();
const article = find("#scene", HTMLElement);
const colours = coloursNow();
const planes = [...document.querySelectorAll<HTMLElement>(".plane")].map((figure) => new PlaneView(figure, colours));
await nextTurn();
const charts = [...document.querySelectorAll<SVGSVGElement>(".charts svg[role]")].map((svg, i) => new ChartView(svg, scene.charts[i]!));
const numbers = find("#numbers tbody", HTMLElement);
const play = find("#play", HTMLButtonElement);
const report = find("#report", HTMLElement);
const warning = find("#warning", HTMLElement);
const form = new SettingsForm(find("#dials", HTMLFormElement), controls, (name, value) => set({ [name]: value }));
values = form.read(values); // people may have used the form before this script came
let simulation: Simulation = scene.start(values);
const diagnostics = new DiagnosticsView(find(".diagnostics", HTMLElement), () => diagnostics.draw(simulation.paths));
form.show(values);
if (JSON.stringify(values) !== JSON.stringify(asked.values)) writeLater();
const pen = Pen.of(controls, planes[0]!.canvases, {
  points: (name) => values[name] as never,
  set,
  show: draw,
  fail: (why) => (find("#problem", HTMLElement).textContent = why),
});

function set(changed: SceneValues): void {
  values = { ...values, ...changed };
  if ("speed" in changed) writeLater();
  else settle();
  if (Object.keys(changed).length > 1) form.show(values);
}

/** Continues with the present values. */
function settle(): void {
  if (simulation.change) simulation.change(values);
  else restart();
  find("#problem", HTMLElement).textContent = "";
  for (const equation of document.querySelectorAll<MathMLElement>("math[data-dynamics]")) {
    equation.toggleAttribute("hidden", equation.dataset.dynamics !== values.dynamics);
  }
  writeLater();
  if (!isPlaying) tell("Paused");
}

function restart(): void {
  simulation = scene.start(values);
  steps = 0;
  due = 0;
  isSingle = false;
}

function writeLater(): void {
  clearTimeout(writing);
  writing = setTimeout(() => {
    const address = writeAddress({ scene: scene.name, values, flags }, CONTROLS);
    history.replaceState(null, "", address || location.pathname);
    find("#whole", HTMLAnchorElement).search = writeAddress({ scene: scene.name, values }, CONTROLS);
  }, ADDRESS_DELAY);
}

function advance(count: number): void {
  for (let i = 0; i < count && !simulation.done; i++, steps++) {
    simulation.step();
    for (let k = 0; k < PATH_STEPS; k++) simulation.paths.step();
  }
}

function draw(): void {
  for (const i of planes.keys()) drawPlane(i);
}

function drawPlane(i: number): void {
  planes[i]!.draw(simulation.planes[i]!, { pen: pen?.place, fades: isPlaying, move: isSingle ? arrowScale() : undefined });
}

/** How many times as long as they are the arrows of the latest step are drawn: 1, 2, 5, 10, ... */
function arrowScale(): number | undefined {
  const lengths = simulation.planes.flatMap(({ move }) => (move ? [Math.hypot(...move.drift), Math.hypot(...move.noise)] : []));
  const longest = Math.max(0, ...lengths);
  if (!(longest > 0)) return undefined;
  const ten = 10 ** Math.floor(Math.log10(ARROW / longest));
  return Math.max(1, ten * [5, 2, 1].find((factor) => factor * ten * longest <= ARROW)!);
}

function read(): void {
  tabulate(numbers, simulation.rows());
  for (const [i, data] of simulation.charts().entries()) charts[i]!.draw(data);
  diagnostics.draw(simulation.paths);
  const words = simulation.warning ?? "";
  if (warning.textContent !== words) warning.textContent = words;
}

/** Reports the state and the results; screen readers say them. */
function tell(state: string): void {
  draw();
  read();
  const scale = isSingle ? arrowScale() : undefined;
  const arrows = scale
    ? ` Arrows: drift, then noise, of one particle, ${scale === 1 ? "as long as they are" : `${scale} times as long as they are`}.`
    : "";
  report.textContent = `${state} after ${steps} ${steps === 1 ? "step" : "steps"}.${arrows} ${summary(scene, simulation.rows())}`;
}

function setPlaying(playing: boolean): void {
  isPlaying = playing;
  play.textContent = playing ? "Pause" : "Play";
  if (playing) {
    isSingle = false;
    report.textContent = "Playing.";
    requestAnimationFrame(frame);
  }
}

function frame(): void {
  if (!isPlaying) return;
  due += simulation.stepsPerFrame * (values.speed as number);
  advance(Math.floor(due));
  due -= Math.floor(due);
  draw();
  if (++frames % FRAMES_PER_READING === 0) read();
  if (simulation.done) {
    setPlaying(false);
    tell("Finished");
  } else requestAnimationFrame(frame);
}

function togglePlaying(): void {
  if (isPlaying) {
    setPlaying(false);
    tell("Paused");
  } else {
    if (simulation.done) restart();
    setPlaying(true);
  }
}

play.addEventListener("click", togglePlaying);
document.addEventListener("keydown", (event) => {
  const isFree = event.target instanceof Element && !event.target.closest("a, button, input, select, summary");
  if (event.key !== " " || !isFree || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  togglePlaying();
});
for (const [id, count] of [
  ["#step", 1],
  ["#leap", LEAP],
] as const) {
  find(id, HTMLButtonElement).addEventListener("click", () => {
    setPlaying(false);
    advance(count);
    isSingle = count === 1;
    tell(simulation.done ? "Finished" : "Paused");
  });
}
find("#restart", HTMLButtonElement).addEventListener("click", () => {
  restart();
  if (!isPlaying) tell("Paused");
});
find("#dials", HTMLFormElement).addEventListener("reset", (event) => {
  event.preventDefault();
  values = defaults(controls);
  form.show(values);
  restart();
  settle();
});
find("#present", HTMLButtonElement).addEventListener("click", ({ currentTarget }) => {
  flags = flags.includes("present") ? flags.filter((flag) => flag !== "present") : [...flags, "present"];
  article.dataset.flags = flags.join(" ");
  (currentTarget as HTMLButtonElement).textContent = flags.includes("present") ? "Leave" : "Present";
  writeLater();
});
if (flags.includes("present")) find("#present", HTMLButtonElement).textContent = "Leave";

find("#save-csv", HTMLButtonElement).addEventListener("click", () => {
  save(`langevin-${scene.name}.csv`, new Blob([csvOf(scene.planes, simulation)], { type: "text/csv" }));
});
find("#save-png", HTMLButtonElement).addEventListener("click", async () => {
  save(`langevin-${scene.name}.png`, await pngOf([...document.querySelectorAll<HTMLElement>(".plane")]));
});

function recolour(): void {
  const now = coloursNow();
  for (const plane of planes) plane.colours = now;
  draw();
}
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", recolour);

await nextTurn();
for (const _ of simulation.target.prepare()) await nextTurn();
read();
for (const [i, plane] of planes.entries()) {
  await nextTurn();
  plane.survey(simulation.planes[i]!);
  await nextTurn();
  drawPlane(i);
}
if (isPlaying) {
  await nextTurn();
  advance(1); // the first step takes longest
}
new ResizeObserver(() => {
  if (planes.filter((plane) => plane.resize()).length > 0) draw();
}).observe(find(".planes", HTMLElement));
if (isPlaying) setPlaying(true);
else tell("Ready");
if (isPlaying) window.early = window.early?.filter((button) => button !== play) ?? []; // it plays already
pressEarly();
