/** What visitors predicted, by task as in "boltzmann/1": kept in this browser until they delete it, and saved as a text file. */
import { LESSONS } from "../../langevin/lessons.ts";
import { save } from "../shared/dom.ts";

const KEY = "playground-answers";
let answers = read();

function read(): Record<string, string> {
  try {
    return { ...JSON.parse(localStorage.getItem(KEY) ?? "{}") };
  } catch {
    return {}; // refused, or damaged
  }
}

export const answerTo = (task: string): string => answers[task] ?? "";

/** Returns whether it stays after a reload: browsers may refuse to keep anything. What another tab has kept stays, too. */
export function keepAnswer(task: string, words: string): boolean {
  answers = { ...answers, ...read(), [task]: words };
  return write();
}

export function deleteAnswers(): void {
  if (!confirm("Delete all your answers from this device?")) return;
  answers = {};
  write();
}

function write(): boolean {
  try {
    localStorage.setItem(KEY, JSON.stringify(answers));
    return true;
  } catch {
    return false;
  }
}

/** Every task with its answer. */
export function saveAnswers(): void {
  const lessons = LESSONS.map(({ slug, title, tasks }) => {
    const lines = tasks.map(({ predict }, i) => `${i + 1}. ${predict}\nMy answer: ${answerTo(`${slug}/${i + 1}`)}`);
    return [title, ...lines].join("\n\n");
  });
  save("answers.txt", new Blob([lessons.join("\n\n\n"), "\n"], { type: "text/plain" }));
}
