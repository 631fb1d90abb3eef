/** A task of a lesson beside its scene: predict, run, reveal. */
import { LESSONS, MINUTES } from "../../langevin/lessons.ts";
import { button, element } from "../shared/dom.ts";
import type { Stage } from "./stage.ts";

/** What visitors predicted, by task, as long as the page is open. */
const predicted = new Map<string, string>();

/** The task's words, and the box for the answer with the buttons of the scene. The style sheet hides what answers it until something is written. */
export function showTask(slug: string, number: number, stage: Stage): HTMLElement[] {
  const nth = LESSONS.findIndex((lesson) => lesson.slug === slug);
  const { title, core, tasks } = LESSONS[nth];
  const task = tasks[number - 1];
  const key = `${slug}/${number}`;
  const link = (lesson: string, to: number, words: string) => element("a", { href: `#lesson=${lesson}&task=${to}` }, words);
  const next = LESSONS[nth + 1];
  const head = element(
    "p",
    { className: "note" },
    element("a", { href: "#lesson=course" }, "Back to the course"),
    `. ${title}, ${core.includes(number) ? "core " : ""}task ${number} of ${tasks.length}, ${MINUTES} minutes. `,
    number > 1 ? link(slug, number - 1, "Previous") : "",
    " ",
    number < tasks.length ? link(slug, number + 1, "Next") : next ? link(next.slug, 1, "Next lesson") : "",
  );
  const box = element("textarea", { id: "prediction", rows: 1, placeholder: " ", value: predicted.get(key) ?? "" });
  box.addEventListener("input", () => void predicted.set(key, box.value));
  const answer = element("p", { className: "answer", hidden: true, role: "status" });
  const reveal = button("Reveal", () => {
    answer.hidden = false;
    answer.textContent = task.answer;
  });
  reveal.disabled = true;
  const { controls } = stage;
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
      element("p", { className: "run" }, task.run),
      controls,
      answer,
    ),
  ];
}
