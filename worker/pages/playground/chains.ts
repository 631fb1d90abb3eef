/** The part of the page on four chains. It is drawn only while it is in view. */
import type { Chains } from "../../langevin/diagnostics.ts";
import { HALF } from "../../langevin/target.ts";
import { element, find } from "../shared/dom.ts";
import { ChartView } from "./chart.ts";
import { tabulate } from "./numbers.ts";

const CHAINS = [1, 2, 3, 4].map((chain) => `chain ${chain}`);

export class ChainsView {
  readonly #traces = new ChartView({ title: "Traces", x: "steps", y: "x", lines: CHAINS });
  readonly #correlations = new ChartView({
    title: "Autocorrelation of x",
    x: "lag in steps",
    y: "correlation",
    lines: ["mean of the chains"],
  });
  readonly #body = element("tbody");
  readonly #words = find("#chains-words", HTMLElement);
  readonly #verdicts = find("#verdicts", HTMLElement);
  readonly #chains: () => Chains | undefined;
  #isSeen = false;

  /** `chains`: those of the scene that is shown. */
  constructor(chains: () => Chains | undefined) {
    this.#chains = chains;
    const section = find("#chains", HTMLElement);
    const table = element("table", {}, element("caption", {}, "What chains can tell of themselves"), this.#body);
    find(".traces", HTMLElement, section).replaceChildren(this.#traces.figure, this.#correlations.figure, table);
    new IntersectionObserver(([entry]) => {
      this.#isSeen = entry!.isIntersecting;
      this.draw();
    }).observe(section);
  }

  draw(): void {
    const chains = this.#chains();
    if (!this.#isSeen || !chains) return;
    const { traces, autocorrelation, effective, rHat, acceptance, verdicts } = chains.reading();
    const last = Math.max(400, ...traces.map((trace) => trace.at(-1)?.[0] ?? 0));
    this.#traces.draw({ x: [last - 400, last], y: [-HALF, HALF], lines: traces });
    this.#correlations.draw({ x: [0, 100], y: [-0.2, 1], lines: [autocorrelation] });
    const isStarted = traces.length > 0;
    const number = (value: number) => (isStarted ? Number(value.toPrecision(3)) : "none yet");
    tabulate(this.#body, [
      { label: "Effective sample size of 1000 steps", values: [number(effective)] },
      { label: "R̂, 1 if the chains agree", values: [number(rHat)] },
      { label: "Acceptance of a Metropolis test", values: [acceptance === undefined ? "no test" : number(acceptance)] },
    ]);
    if (this.#words.textContent !== chains.words) this.#words.textContent = chains.words;
    if (this.#verdicts.textContent !== verdicts.join(""))
      this.#verdicts.replaceChildren(...verdicts.map((words) => element("li", {}, words)));
  }
}
