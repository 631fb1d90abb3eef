/** The playground: shows what its address asks for, a scene, a task of a lesson, or the course. */
import { taskNamed } from "../../langevin/lessons.ts";
import { fieldsOf, SCENES, sceneNamed } from "../../langevin/scenes/index.ts";
import { defaults, readValues, type Values, writeValues } from "../../langevin/state.ts";
import { button, find } from "../shared/dom.ts";
import { startPage } from "../shared/page.ts";
import { ChainsView } from "./chains.ts";
import { showCourse } from "./course.ts";
import { Stage } from "./stage.ts";
import { showTask } from "./task.ts";

startPage();

/** Milliseconds from the last change to the new address: browsers limit how often it may change. */
const ADDRESS_DELAY = 200;

const main = find("main", HTMLElement);
const bench = find("#bench", HTMLElement);
let stage: Stage | undefined;
let writing: ReturnType<typeof setTimeout> | undefined;
const chains = new ChainsView(() => stage?.chains);

const fail = (words: string) => {
  find("#problem", HTMLElement).textContent = words;
};

async function open(): Promise<void> {
  if (location.hash === "#main") return; // the link that skips to the content
  clearTimeout(writing);
  stage?.leave();
  fail("");
  const query = new URLSearchParams(location.hash.slice(1));
  const take = (name: string) => {
    const value = query.get(name);
    query.delete(name);
    return value;
  };
  const [asked, slug, number, paused] = ["scene", "lesson", "task", "paused"].map(take);
  const task = slug ? taskNamed(slug, Number(number ?? 1)) : undefined;
  const scene = sceneNamed(task?.scene ?? asked ?? "") ?? SCENES[0];
  const fields = fieldsOf(scene);
  const base = { ...defaults(fields), ...task?.values };
  for (const link of document.querySelectorAll<HTMLAnchorElement>(".whole")) link.hash = location.hash;
  main.dataset.mode = task ? "task" : query.has("course") ? "course" : "scene";
  for (const words of document.querySelectorAll<HTMLElement>("[data-scene]")) words.hidden = words.dataset.scene !== scene.name;
  for (const link of document.querySelectorAll<HTMLAnchorElement>(".scenes a")) {
    const isHere = link.hash === (main.dataset.mode === "scene" ? `#scene=${scene.name}` : "#course");
    link.ariaCurrent = isHere ? "page" : null;
    if (isHere) link.scrollIntoView({ block: "nearest", inline: "center" });
  }
  if (query.has("course")) {
    showCourse();
    main.classList.add("ready");
    return;
  }
  const { values, problems } = readValues(query, fields, base);
  if (asked && !sceneNamed(asked))
    problems.unshift(`There is no scene “${asked}”. The scenes are ${SCENES.map(({ name }) => name).join(", ")}.`);
  if (slug && !task) problems.unshift(`There is no task “${number ?? 1}” of a lesson “${slug}”.`);
  fail(problems.join(" "));
  const kept = task ? { lesson: slug!, task: number ?? "1" } : { scene: scene.name };
  stage = new Stage({
    ...{ scene, fields, base, values, fail },
    names: task?.dials ?? Object.keys(fields),
    isPaused: task !== undefined || paused !== null || matchMedia("(prefers-reduced-motion: reduce)").matches,
    onRead: () => chains.draw(),
    onChange: (changed) => {
      showEquations(changed);
      clearTimeout(writing);
      writing = setTimeout(() => {
        const address = new URLSearchParams({ ...kept, ...Object.fromEntries(writeValues(changed, base)) });
        history.replaceState(null, "", `#${address}${paused === null ? "" : "&paused"}`);
      }, ADDRESS_DELAY);
    },
  });
  showEquations(values);
  const { movement, dials, numbers, charts } = stage;
  if (document.fullscreenEnabled) find(".dials > .buttons", HTMLElement, dials).append(present);
  bench.replaceChildren(...(task ? showTask(slug!, Number(number ?? 1), stage) : []), movement, dials, numbers, charts);
  bench.dataset.planes = String(scene.planes.length);
  await stage.begin();
  main.classList.add("ready"); // before, nothing is shown that would move
}

/** Some equations are for one kind of dynamics. */
function showEquations(values: Values): void {
  for (const equation of document.querySelectorAll<HTMLElement>("[data-dynamics]"))
    equation.hidden = equation.dataset.dynamics !== values.dynamics;
}

const present = button("Full screen", togglePresenting, { className: "present", title: "F while a plane has the focus" });

function togglePresenting(): void {
  if (document.fullscreenElement) document.exitFullscreen();
  else bench.requestFullscreen().catch(() => fail("This browser gives no full screen."));
}

document.addEventListener("fullscreenchange", () => {
  present.textContent = document.fullscreenElement ? "Leave full screen" : "Full screen";
});
document.addEventListener("keydown", (event) => {
  const isIn = (selector: string) => event.target instanceof Element && event.target.closest(selector) !== null;
  if (event.ctrlKey || event.metaKey || event.altKey || main.dataset.mode === "course") return;
  if (event.key === " " && !isIn("input, select, textarea, a, button, summary")) stage?.toggle();
  else if (event.key.toLowerCase() === "f" && isIn(".canvases")) togglePresenting();
  else return;
  event.preventDefault();
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => stage?.recolour());
addEventListener("hashchange", open);
await open();
