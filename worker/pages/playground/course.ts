/** The course: three lessons with their timing and tasks, on the screen and as a worksheet on paper, and a key. */
import { LESSONS, MINUTES } from "../../langevin/lessons.ts";
import { button, element, find } from "../shared/dom.ts";

export function showCourse(): void {
  const course = find("#course", HTMLElement);
  if (course.children.length > 1) return; // it never changes
  const minutes = LESSONS.reduce((sum, { tasks }) => sum + MINUTES * tasks.length, 0);
  course.append(
    element(
      "p",
      {},
      `${LESSONS.length} lessons, ${minutes} minutes in all, ${MINUTES} for each task: one to write down a prediction, one to run it, one to compare. The worksheet has room for predictions; the key has its own page.`,
    ),
    element(
      "div",
      { className: "buttons" },
      button("Print the worksheet", () => printed("worksheet")),
      button("Print the key", () => printed("key")),
    ),
    ...LESSONS.map(({ slug, title, aim, before, tasks }) =>
      element(
        "section",
        { className: "lesson" },
        element("h3", {}, `${title} (${MINUTES * tasks.length} minutes)`),
        element("p", {}, aim),
        element("p", { className: "note" }, `Before: ${before}`),
        element(
          "ol",
          {},
          ...tasks.map(({ predict, run }, i) =>
            element(
              "li",
              {},
              element("p", {}, predict),
              element("p", { className: "note" }, run),
              element("a", { href: `#lesson=${slug}&task=${i + 1}` }, "Open this task"),
            ),
          ),
        ),
      ),
    ),
    element(
      "details",
      { className: "key" },
      element("summary", {}, "The key"),
      ...LESSONS.flatMap(({ title, tasks }) => [
        element("h3", {}, title),
        element("ol", {}, ...tasks.map(({ answer }) => element("li", {}, element("p", {}, answer())))),
      ]),
    ),
  );
}

function printed(what: "worksheet" | "key"): void {
  const course = find("#course", HTMLElement);
  const key = find(".key", HTMLDetailsElement, course);
  key.open = what === "key";
  course.dataset.print = what;
  print();
}
