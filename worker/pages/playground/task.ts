/** A task of a lesson beside its scene: predict, run, reveal. */
import { LESSONS, MINUTES } from "../../langevin/lessons.ts";
import { button, element } from "../shared/dom.ts";
import type { Stage } from "./stage.ts";

/** What was predicted for a task, until the page is left. */
const predictions = new Map<string, string>();

/** The task's words, and the box for the answer with the buttons of the scene. The style sheet hides what answers it until one has predicted it. */
export function showTask(slug: string, number: number, { controls }: Stage): HTMLElement[] {
  const nth = LESSONS.findIndex((lesson) => lesson.slug === slug);
  const { title, core, tasks } = LESSONS[nth];
  const task = tasks[number - 1];
  const key = `${slug}/${number}`;
  const link = (lesson: string, to: number, words: string) => element("a", { href: `#lesson=${lesson}&task=${to}` }, words);
  const next = LESSONS[nth + 1];
  const head = element(
    "p",
    { className: "note" },
    element("a", { href: "course/" }, "Back to the course"),
    `. ${title}, ${core.includes(number) ? "core " : ""}task ${number} of ${tasks.length}, ${MINUTES} minutes. `,
    number > 1 ? link(slug, number - 1, "Previous") : "",
    " ",
    number < tasks.length ? link(slug, number + 1, "Next") : next ? link(next.slug, 1, "Next lesson") : "",
  );
  const box = element("textarea", { id: "prediction", rows: 1, value: predictions.get(key) ?? "" });
  const tryIt = () => {
    predicted.hidden = true;
    controls.querySelector("button")?.focus();
  };
  const predicted = button("Try it", tryIt, { className: "predicted primary", disabled: box.value.trim() === "" });
  box.addEventListener("input", () => {
    predicted.disabled = box.value.trim() === "";
    predictions.set(key, box.value);
  });
  const answer = element("p", { className: "answer panel", hidden: true, role: "status" });
  const reveal = button("Reveal", () => {
    answer.hidden = !answer.hidden;
    answer.textContent = task.answer;
    reveal.textContent = answer.hidden ? "Reveal" : "Hide";
  });
  reveal.disabled = true;
  controls.append(reveal);
  controls.addEventListener("click", ({ target }) => {
    if (target !== reveal) reveal.disabled = false;
  });
  return [
    element("section", { className: "task", ariaLabel: "Task" }, head, element("p", { className: "question" }, task.predict)),
    element(
      "section",
      { className: "prediction", ariaLabel: "Your answer" },
      element("label", { htmlFor: "prediction" }, "Your prediction, and why. Numbers follow."),
      box,
      predicted,
      element("p", { className: "run" }, task.run),
      controls,
      answer,
    ),
  ];
}
