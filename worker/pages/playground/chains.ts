/** The part of the page on four particles of each plane, taken for chains. It is drawn only while it is in view. */
import type { Chains } from "../../langevin/diagnostics.ts";
import { element, find } from "../shared/dom.ts";
import { tabulate } from "./numbers.ts";

/** Returns what draws it. `chains`: those of the scene that is shown, until the signal is aborted. */
export function chainReading(chains: () => readonly Chains[], signal: AbortSignal): () => void {
  const section = find("#chains", HTMLElement);
  section.hidden = chains().length === 0;
  const heads = chains().map(({ method }) => element("th", { scope: "col" }, method));
  const body = element("tbody");
  find("#chains table", HTMLElement).replaceChildren(element("thead", {}, element("tr", {}, element("td"), ...heads)), body);
  const verdicts = find("#verdicts", HTMLElement);
  let isSeen = false;
  const draw = () => {
    if (!isSeen) return;
    const readings = chains().map((one) => one.reading());
    tabulate(body, [
      { label: "Effective sample size of 1000 steps", values: readings.map(({ effective }) => effective) },
      { label: "R̂, 1 if the particles agree", values: readings.map(({ rHat }) => rHat) },
    ]);
    const all = readings.flatMap((reading, i) => reading.verdicts.map((words) => `${chains()[i].method}: ${words}`));
    if (verdicts.textContent === all.join("")) return;
    verdicts.replaceChildren(...all.map((words) => element("li", { className: "problem" }, words))); // screen readers say them
  };
  const observer = new IntersectionObserver(([entry]) => {
    isSeen = entry.isIntersecting;
    draw();
  });
  observer.observe(section);
  signal.addEventListener("abort", () => observer.disconnect());
  return draw;
}
