/** What visitors predicted, by task as in "boltzmann/1": kept in this browser until they delete it, and saved as a text file. */
import { LESSONS } from "../../langevin/lessons.ts";
import { save } from "../shared/dom.ts";

const KEY = "playground-answers";
/** What the browser refused to keep. */
const unkept: Record<string, string> = {};

function kept(): Record<string, string> {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? "{}");
  } catch {
    return {}; // refused, or damaged
  }
}

export const answerTo = (task: string): string => ({ ...kept(), ...unkept })[task] ?? "";

/** Returns whether it stays after a reload: browsers may refuse to keep anything. */
export function keepAnswer(task: string, words: string): boolean {
  try {
    localStorage.setItem(KEY, JSON.stringify({ ...kept(), [task]: words }));
    return true;
  } catch {
    unkept[task] = words;
    return false;
  }
}

export function deleteAnswers(): void {
  if (confirm("Delete all your answers from this device?")) localStorage.removeItem(KEY);
}

/** Every task with its answer. */
export function saveAnswers(): void {
  const lessons = LESSONS.map(({ slug, title, tasks }) => {
    const lines = tasks.map(({ predict }, i) => `${i + 1}. ${predict}\nMy answer: ${answerTo(`${slug}/${i + 1}`)}`);
    return [title, ...lines].join("\n\n");
  });
  save("answers.txt", new Blob([lessons.join("\n\n\n"), "\n"], { type: "text/plain" }));
}
