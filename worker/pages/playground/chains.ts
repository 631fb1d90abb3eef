/** The part of the page on four chains. It is drawn only while it is in view. */
import { type Chains, SHOWN } from "../../langevin/diagnostics.ts";
import { HALF } from "../../langevin/target.ts";
import { element, find } from "../shared/dom.ts";
import { ChartView } from "./chart.ts";
import { tabulate } from "./numbers.ts";

/** `chains`: those of the scene that is shown. Returns what draws them. */
export function showChains(chains: () => Chains | undefined): () => void {
  const traces = new ChartView({ title: "Traces", x: "steps", y: "x", lines: [1, 2, 3, 4].map((chain) => `chain ${chain}`) });
  const body = element("tbody");
  const table = element("table", {}, element("caption", {}, "What chains can tell of themselves"), body);
  const section = find("#chains", HTMLElement);
  find(".traces", HTMLElement, section).append(traces.figure, table);
  let isSeen = false;
  const draw = () => {
    const shown = chains();
    if (!isSeen || !shown) return;
    const reading = shown.reading();
    const last = Math.max(SHOWN, ...reading.traces.map((trace) => trace.at(-1)?.[0] ?? 0));
    traces.draw({ x: [last - SHOWN, last], y: [-HALF, HALF], lines: reading.traces });
    const number = (value: number) => (reading.traces.length > 0 ? Number(value.toPrecision(3)) : "none yet");
    tabulate(body, [
      { label: "Effective sample size of 1000 steps", values: [number(reading.effective)] },
      { label: "R̂, 1 if the chains agree", values: [number(reading.rHat)] },
      { label: "Acceptance of a Metropolis test", values: [reading.acceptance === undefined ? "no test" : number(reading.acceptance)] },
    ]);
    find("#chains-words", HTMLElement).textContent = shown.words;
    const verdicts = find("#verdicts", HTMLElement);
    if (verdicts.textContent !== reading.verdicts.join(""))
      verdicts.replaceChildren(...reading.verdicts.map((words) => element("li", { className: "problem" }, words))); // screen readers say them
  };
  new IntersectionObserver(([entry]) => {
    isSeen = entry.isIntersecting;
    draw();
  }).observe(section);
  return draw;
}
