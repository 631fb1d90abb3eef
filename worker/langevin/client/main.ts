/**
 * The page at /langevin: runs the scene of its address, draws it, and keeps settings, address and words in step. It
 * starts in several short tasks, so that the page stays responsive.
 */
import { nextTurn } from "../../../wasm-model/render/turn.ts";
import { find, pressEarly, save } from "../../site/client/dom.ts";
import { canvasPng } from "../../site/client/pixels.ts";
import { type Flag, readAddress, writeAddress } from "../address.ts";
import { defaults, type SceneValues } from "../controls.ts";
import type { Simulation } from "../scene.ts";
import { CONTROLS, sceneNamed } from "../scenes/index.ts";
import { ChartView } from "./chart-view.ts";
import { coloursNow } from "./colours.ts";
import { DiagnosticsView } from "./diagnostics-view.ts";
import { tabulate } from "./number-table.ts";
import { Pen } from "./pen.ts";
import { arrowScale, PlaneView, summary } from "./plane-view.ts";
import { Presenter } from "./presenter.ts";
import { csvOf, sheetOf } from "./save.ts";
import { SettingsForm } from "./settings-form.ts";

/** Frames between two updates of tables and charts. */
const FRAMES_PER_READING = 12;
/** Milliseconds from the last change to the new address: browsers limit how often it may change. */
const ADDRESS_DELAY = 200;
const LEAP = 100;
/** Steps of the diagnostics' paths for one step of the scene. */
const PATH_STEPS = 4;

/** A GIF: its frames, the movement between two of them in frames of the animation, milliseconds, and pixels. */
const GIF = { frames: 60, moves: 3, delay: 50, widest: 960 };

await nextTurn(); // in this task the browser lays the page out
showScene();
const asked = readAddress(new URLSearchParams(location.search), CONTROLS);
const scene = sceneNamed(asked.scene);
const controls = CONTROLS[scene.name];
let { values } = asked;
let flags: readonly Flag[] = asked.flags;
let steps = 0;
let isPlaying = !flags.includes("paused") && !matchMedia("(prefers-reduced-motion: reduce)").matches;
/** Whether the last thing was a single step, which is shown as two arrows. */
let isSingle = false;
let isRecording = false;
/** Steps that are due but not taken yet. */
let due = 0;
let frames = 0;
let writing: ReturnType<typeof setTimeout> | undefined;

await nextTurn();
const colours = coloursNow();
const figures = [...document.querySelectorAll<HTMLElement>(".plane")];
const planes = figures.map((figure) => new PlaneView(figure, colours));
await nextTurn();
const charts = [...document.querySelectorAll<SVGSVGElement>(".charts svg[role]")].map((svg, i) => new ChartView(svg, scene.charts[i]));
const numbers = find("#numbers tbody", HTMLElement);
const play = find("#play", HTMLButtonElement);
const report = find("#report", HTMLElement);
const warning = find("#warning", HTMLElement);
const fail = (why: string) => {
  find("#problem", HTMLElement).textContent = why;
};
const form = new SettingsForm(find("#dials", HTMLFormElement), controls, { set: (name, value) => set({ [name]: value }), fail });
values = form.read(values); // people may have used the form before this script came
let simulation: Simulation = scene.start(values);
const diagnostics = new DiagnosticsView(find(".diagnostics", HTMLElement), () => diagnostics.draw(simulation.paths));
form.show(values);
if (JSON.stringify(values) !== JSON.stringify(asked.values)) writeLater();
const pen = Pen.of(controls, planes[0].canvases, {
  points: (name) => values[name] as never,
  set,
  show: draw,
  fail,
});

/** On a telephone the list of scenes scrolls sideways: shows where it names this one. */
function showScene(): void {
  const list = find(".scenes ol", HTMLElement);
  const { offsetLeft, offsetWidth } = find("[aria-current]", HTMLElement, list);
  list.scrollLeft = offsetLeft - list.offsetLeft - (list.clientWidth - offsetWidth) / 2;
}

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
  fail("");
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
  planes[i].draw(simulation.planes[i], {
    pen: pen?.place,
    fades: isPlaying || isRecording,
    move: isSingle ? arrowScale(simulation.planes) : undefined,
  });
}

function read(): void {
  tabulate(numbers, simulation.rows());
  for (const [i, data] of simulation.charts().entries()) charts[i].draw(data);
  diagnostics.draw(simulation.paths);
  const words = simulation.warning ?? "";
  if (warning.textContent !== words) warning.textContent = words;
}

/** Reports the state and the results; screen readers say them. */
function tell(state: string): void {
  draw();
  read();
  const scale = isSingle ? arrowScale(simulation.planes) : undefined;
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

/** The movement of so many frames of the animation. */
function move(count: number): void {
  due += count * simulation.stepsPerFrame * (values.speed as number);
  advance(Math.floor(due));
  due -= Math.floor(due);
  draw();
}

function frame(): void {
  if (!isPlaying) return;
  move(1);
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

const presenter = new Presenter(flags.includes("present"), (isOn) => {
  flags = [...flags.filter((flag) => flag !== "present"), ...(isOn ? (["present"] as const) : [])];
  find("#scene", HTMLElement).dataset.flags = flags.join(" ");
  writeLater();
});

play.addEventListener("click", togglePlaying);
document.addEventListener("keydown", (event) => {
  const isIn = (selector: string) => event.target instanceof Element && event.target.closest(selector) !== null;
  if (isIn("input, select, textarea") || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === " " && !isIn("a, button, summary")) togglePlaying();
  else if (event.key.toLowerCase() === "f" && !flags.includes("embed")) presenter.toggle();
  else return;
  event.preventDefault();
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
find("#save-csv", HTMLButtonElement).addEventListener("click", () => {
  save(`langevin-${scene.name}.csv`, new Blob([csvOf(scene.planes, simulation)], { type: "text/csv" }));
});
find("#save-png", HTMLButtonElement).addEventListener("click", async () => {
  save(`langevin-${scene.name}.png`, await canvasPng(sheetOf(figures)));
});
const saveGif = find("#save-gif", HTMLButtonElement);
saveGif.addEventListener("click", async () => {
  setPlaying(false);
  saveGif.disabled = isRecording = true;
  await record().catch((error) => {
    console.warn(error);
    fail("The GIF could not be made.");
  });
  saveGif.disabled = isRecording = false;
  tell(simulation.done ? "Finished" : "Paused");
});

/** Saves the next three seconds of the animation, or what is left of it. */
async function record(): Promise<void> {
  const { Gif } = (await import(new URL("./gif.js", import.meta.url).href)) as typeof import("./gif.ts");
  if (simulation.done) restart();
  const gif = new Gif(GIF.delay);
  for (let i = 1; i <= GIF.frames && !simulation.done; i++) {
    report.textContent = `Recording frame ${i} of ${GIF.frames}.`;
    move(GIF.moves);
    gif.add(sheetOf(figures, GIF.widest));
    await nextTurn();
  }
  save(`langevin-${scene.name}.gif`, gif.finish());
}

function recolour(): void {
  const now = coloursNow();
  for (const plane of planes) plane.colours = now;
  draw();
}
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", recolour);
window.onclick = null; // the buttons listen by now: what is pressed during the turns below would be pressed again

await nextTurn();
for (const _ of simulation.target.prepare()) await nextTurn();
read();
for (const [i, plane] of planes.entries()) {
  await nextTurn();
  plane.survey(simulation.planes[i]);
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
