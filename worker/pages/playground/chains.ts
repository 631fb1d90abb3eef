/** The part of the page on four particles of each plane, taken for chains. It is drawn only while it is in view. */
import type { Chains, Reading } from "../../langevin/diagnostics.ts";
import { element, find } from "../shared/dom.ts";
import { ChartView } from "./chart.ts";
import { tabulate } from "./numbers.ts";

/** Returns what draws its parts. `chains`: those of the scene that is shown, until the signal is aborted. */
export function chainReadings(chains: () => readonly Chains[], signal: AbortSignal): (() => void)[] {
  const section = find("#chains", HTMLElement);
  section.hidden = chains().length === 0;
  const traces = chains().map((one) => new ChartView(one.trace()));
  const body = element("tbody");
  const heads = chains().map(({ method }) => element("th", { scope: "col" }, method));
  const head = element("thead", {}, element("tr", {}, element("td"), ...heads));
  const caption = element("caption", {}, "What particles can tell of their method");
  find(".traces", HTMLElement).replaceChildren(...traces.map(({ figure }) => figure), element("table", {}, caption, head, body));
  let readings: Reading[] = [];
  const verdicts = find("#verdicts", HTMLElement);
  const tell = () => {
    tabulate(body, [
      { label: "Effective sample size of 1000 steps", values: readings.map(({ effective }) => effective) },
      { label: "R̂, 1 if the particles agree", values: readings.map(({ rHat }) => rHat) },
    ]);
    const isAlone = readings.length === 1;
    const all = readings.flatMap((reading, i) => reading.verdicts.map((words) => (isAlone ? words : `${chains()[i].method}: ${words}`)));
    if (verdicts.textContent === all.join("")) return;
    verdicts.replaceChildren(...all.map((words) => element("li", { className: "problem" }, words))); // screen readers say them
  };
  let isSeen = false;
  const parts = traces.map((view, i) => () => {
    view.draw(chains()[i].trace());
    readings[i] = chains()[i].reading();
  });
  const observer = new IntersectionObserver(([entry]) => {
    isSeen = entry.isIntersecting;
    if (isSeen) for (const part of [...parts, tell]) part();
  });
  observer.observe(section);
  signal.addEventListener("abort", () => observer.disconnect());
  readings = chains().map((one) => one.reading());
  return [...parts, tell].map((part) => () => {
    if (isSeen) part();
  });
}
