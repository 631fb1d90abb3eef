/**
 * The page at /langevin: runs the scene of its address, draws it, and keeps settings, address and words in step. It
 * starts in several short tasks, so that the page stays responsive.
 */
import { nextTurn } from "../../../wasm-model/render/turn.ts";
import { find } from "../../site/client/dom.ts";
import { readAddress, writeAddress } from "../address.ts";
import { defaults, type SceneValues, type Value } from "../controls.ts";
import type { Simulation } from "../scene.ts";
import { CONTROLS, sceneNamed } from "../scenes/index.ts";
import { ChartView } from "./chart-view.ts";
import { coloursNow } from "./colours.ts";
import { Pen } from "./pen.ts";
import { PlaneView, summary } from "./plane-view.ts";
import { SettingsForm } from "./settings-form.ts";

/** Frames between two updates of tables and charts. */
const FRAMES_PER_READING = 12;
/** Milliseconds from the last change to the new address: browsers limit how often it may change. */
const ADDRESS_DELAY = 200;
const LEAP = 100;

await nextTurn(); // in this task the browser lays the page out
const asked = readAddress(new URLSearchParams(location.search), CONTROLS);
const scene = sceneNamed(asked.scene);
let values: SceneValues = asked.values;
let steps = 0;
let isPlaying = !matchMedia("(prefers-reduced-motion: reduce)").matches;
/** Steps that are due but not taken yet. */
let due = 0;
let frames = 0;
let writing: ReturnType<typeof setTimeout> | undefined;

await nextTurn();
const colours = coloursNow();
const planes = [...document.querySelectorAll<HTMLElement>(".plane")].map((figure) => new PlaneView(figure, colours));
await nextTurn();
const charts = [...document.querySelectorAll<SVGSVGElement>(".chart > svg")].map((svg, i) => new ChartView(svg, scene.charts[i]!));
const play = find("#play", HTMLButtonElement);
const report = find("#report", HTMLElement);
const form = new SettingsForm(find("#dials", HTMLFormElement), scene.controls, set);
values = form.read(values); // people may have used the form before this script came
let simulation: Simulation = scene.start(values);
form.show(values);
if (JSON.stringify(values) !== JSON.stringify(asked.values)) writeLater();
const pen = Pen.of(scene.controls, planes[0]!.canvases, { points: (name) => values[name] as never, set, show: draw });

function set(name: string, value: Value): void {
  values = { ...values, [name]: value };
  settle();
}

/** Continues with the present values. */
function settle(): void {
  if (simulation.change) simulation.change(values);
  else restart();
  find("#problem", HTMLElement).textContent = "";
  writeLater();
  if (!isPlaying) tell("Paused");
}

function restart(): void {
  simulation = scene.start(values);
  steps = 0;
  due = 0;
}

function writeLater(): void {
  clearTimeout(writing);
  writing = setTimeout(() => {
    const query = writeAddress(scene.name, values, CONTROLS);
    history.replaceState(null, "", query.size > 0 ? `?${query}` : location.pathname);
  }, ADDRESS_DELAY);
}

function advance(count: number): void {
  for (let i = 0; i < count && !simulation.done; i++, steps++) simulation.step();
}

function draw(): void {
  for (const i of planes.keys()) drawPlane(i);
}

function drawPlane(i: number): void {
  planes[i]!.draw(simulation.planes[i]!, { pen: pen?.place, fades: isPlaying });
}

function read(): void {
  const rows = simulation.rows();
  for (const [i, plane] of planes.entries()) plane.tabulate(rows, i);
  for (const [i, data] of simulation.charts().entries()) charts[i]!.draw(data);
}

/** Reports the state and the results; screen readers say them. */
function tell(state: string): void {
  draw();
  read();
  report.textContent = `${state} after ${steps} ${steps === 1 ? "step" : "steps"}. ${summary(scene, simulation.rows())}`;
}

function setPlaying(playing: boolean): void {
  isPlaying = playing;
  play.textContent = playing ? "Pause" : "Play";
  if (playing) {
    report.textContent = "Playing.";
    requestAnimationFrame(frame);
  }
}

function frame(): void {
  if (!isPlaying) return;
  due += simulation.stepsPerFrame;
  advance(Math.floor(due));
  due -= Math.floor(due);
  draw();
  if (++frames % FRAMES_PER_READING === 0) read();
  if (simulation.done) {
    setPlaying(false);
    tell("Finished");
  } else requestAnimationFrame(frame);
}

play.addEventListener("click", () => {
  if (isPlaying) {
    setPlaying(false);
    tell("Paused");
  } else {
    if (simulation.done) restart();
    setPlaying(true);
  }
});
for (const [id, count] of [
  ["#step", 1],
  ["#leap", LEAP],
] as const) {
  find(id, HTMLButtonElement).addEventListener("click", () => {
    setPlaying(false);
    advance(count);
    tell(simulation.done ? "Finished" : "Paused");
  });
}
find("#restart", HTMLButtonElement).addEventListener("click", () => {
  restart();
  if (!isPlaying) tell("Paused");
});
find("#dials", HTMLFormElement).addEventListener("reset", (event) => {
  event.preventDefault();
  values = defaults(scene.controls);
  form.show(values);
  restart();
  settle();
});

function recolour(): void {
  const now = coloursNow();
  for (const plane of planes) plane.colours = now;
  draw();
}
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", recolour);

for (const button of document.querySelectorAll<HTMLButtonElement>("#scene button")) button.disabled = false;

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
