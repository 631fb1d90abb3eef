/** The playground: shows what its address asks for, a scene or a task of a lesson. */
import { nextTurn } from "../../../wasm-model/render/turn.ts";
import { choice, type Fields, slider } from "../../langevin/fields.ts";
import { LESSONS, SCENES, sceneNamed, taskNamed } from "../../langevin/lessons.ts";
import { fieldsOf } from "../../langevin/scene.ts";
import { button, find } from "../shared/dom.ts";
import { PageState } from "../shared/state.ts";
import { Stage } from "./stage.ts";
import { showTask } from "./task.ts";

const LESSON = choice("Lesson", { "": "none", ...Object.fromEntries(LESSONS.map(({ slug }) => [slug, slug])) }, "");
const known = new Map<string, Fields>();

/** The fields of the scene or of the task's scene, whose values are its defaults. */
function fieldsFor(asked: URLSearchParams): Fields {
  const [lesson, number] = [asked.get("lesson") ?? "", asked.get("task") ?? "1"];
  const task = taskNamed(lesson, Number(number));
  const { name, ...scene } = (task && sceneNamed(task.scene)) ?? sceneNamed(asked.get("scene") ?? "") ?? SCENES[0];
  const dials = Object.entries(fieldsOf({ name, ...scene }));
  const key = `${lesson}/${number}/${name}`;
  const fields = known.get(key) ?? {
    scene: choice("Scene", Object.fromEntries(SCENES.map((one) => [one.name, one.name])), task?.scene ?? SCENES[0].name),
    lesson: LESSON,
    task: slider("Task", [1, 5], 1),
    ...Object.fromEntries(dials.map(([dial, field]) => [dial, { ...field, default: task?.values[dial] ?? field.default }])),
  };
  known.set(key, fields as Fields);
  return fields as Fields;
}

const state = new PageState(fieldsFor);
const main = find("main", HTMLElement);
const bench = find("#bench", HTMLElement);
let stage: Stage | undefined;
let shown: Fields | undefined;
let openings = 0;

const problem = find("#problem", HTMLElement);
const fail = (words: string) => {
  problem.textContent = words;
  bench.before(problem);
};

const present = button("Full screen", () => {
  if (document.fullscreenElement) document.exitFullscreen();
  else bench.requestFullscreen().catch(() => fail("This browser gives no full screen."));
});

await nextTurn(); // a page made at once is a long task
state.follow(() => {
  fail(state.problem);
  if (state.problem) queueMicrotask(() => bench.querySelector(".field:has([aria-invalid])")?.append(problem)); // its control follows
  if (state.fields !== shown) open();
  else stage?.change();
});

async function open(): Promise<void> {
  shown = state.fields;
  const nth = ++openings; // the same may be asked for again, with another in between
  stage?.leave();
  const lesson = String(state.values.lesson);
  const number = Number(state.values.task);
  const task = taskNamed(lesson, number);
  const scene = sceneNamed(task?.scene ?? String(state.values.scene)) ?? SCENES[0];
  find("h1", HTMLElement).classList.toggle("unseen", task !== undefined); // there is no room
  main.dataset.mode = task ? "task" : "scene";
  for (const words of document.querySelectorAll<HTMLElement>("[data-scene]")) words.hidden = words.dataset.scene !== scene.name;
  for (const link of document.querySelectorAll<HTMLAnchorElement>(".scenes a")) {
    const isHere = link.hash === `#scene=${scene.name}`;
    link.ariaCurrent = isHere ? "page" : null;
    if (isHere) requestAnimationFrame(() => link.scrollIntoView({ block: "nearest", inline: "center" })); // it needs the layout
  }
  if (task) requestAnimationFrame(() => scrollTo(0, 0));
  await nextTurn();
  if (nth !== openings) return;
  stage = new Stage({ scene, state, task });
  const { movement, dials, numbers, charts, controls } = stage;
  bench.replaceChildren(...(task ? showTask(lesson, number, stage) : []), movement, dials, numbers, charts);
  if (task) movement.append(numbers); // under the planes, whatever stands beside them
  if (document.fullscreenEnabled) (bench.querySelector(".task") ?? controls).append(present);
  bench.dataset.planes = String(scene.planes.length);
  await stage.begin();
  if (nth !== openings) return;
  bench.classList.add("ready"); // before, nothing is shown that would move
  await new Promise(requestAnimationFrame);
  await nextTurn(); // then the words have a frame of their own
  if (nth !== openings) return;
  main.classList.add("ready");
}

document.addEventListener("fullscreenchange", () => {
  present.textContent = document.fullscreenElement ? "Leave full screen" : "Full screen";
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", open); // in its colours
