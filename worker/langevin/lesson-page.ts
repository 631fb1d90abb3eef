/** The sheets at /langevin/lessons/{slug}: tasks with links to their states, answers on request, for screen and paper. */
import { html } from "hono/html";
import type { Html, Page } from "../site/layout.ts";
import { addressOfTask, type Lesson, type Task } from "./lessons.ts";

export function lessonPage({ title, aim, tasks }: Lesson, base: string): Omit<Page, "origin" | "path"> {
  return {
    title: `${title}: a lesson with Anneal's Langevin playground`,
    description: aim,
    styleSheet: "langevin",
    body: html`<article class="sheet">
      <h1>${title}</h1>
      <p class="lead">${aim}</p>
      <ol>${tasks.map((task) => taskHtml(task, base))}</ol>
      <p class="back"><a href="${base}/langevin">The Langevin playground</a></p>
    </article>`,
  };
}

const taskHtml = (task: Task, base: string): Html => html`<li>
  <p>${task.text}</p>
  <p><a href="${base}/langevin${addressOfTask(task)}">Open this state</a></p>
  <details><summary>Answer</summary><p>${task.answer()}</p></details>
</li>`;
