/** The part of the page on one particle's paths. It is drawn only while it is in view. */
import { find } from "../../site/client/dom.ts";
import type { Paths } from "../diagnostics.ts";
import { HALF } from "../target.ts";
import { ChartView } from "./chart-view.ts";
import { tabulate } from "./number-table.ts";
import { format } from "./plane-view.ts";

export class DiagnosticsView {
  readonly #traces: readonly ChartView[];
  readonly #correlations: ChartView;
  readonly #captions: readonly HTMLElement[];
  readonly #table = find("#effective tbody", HTMLElement);
  readonly #words = find("#path-words", HTMLElement);
  #isSeen = false;

  /** `onSeen`: called when it comes into view. */
  constructor(section: HTMLElement, onSeen: () => void) {
    const charts = [...section.querySelectorAll<SVGSVGElement>(".chart > svg")];
    const text = { title: "", lines: [] };
    this.#traces = charts.slice(0, -1).map((svg) => new ChartView(svg, { ...text, x: "steps", y: "x" }));
    this.#correlations = new ChartView(charts.at(-1)!, { ...text, x: "lag in steps", y: "correlation" });
    this.#captions = [...section.querySelectorAll<HTMLElement>(".chart figcaption")];
    new IntersectionObserver(([entry]) => {
      this.#isSeen = entry!.isIntersecting;
      if (this.#isSeen) onSeen();
    }).observe(section);
  }

  draw(paths: Paths): void {
    if (!this.#isSeen) return;
    const readings = paths.readings();
    if (this.#words.textContent !== paths.words) this.#words.textContent = paths.words;
    for (const [i, { trace, step }] of readings.entries()) {
      const last = Math.max(400, trace.at(-1)?.[0] ?? 0);
      this.#traces[i].draw({ x: [last - 400, last], y: [-HALF, HALF], lines: [trace] });
      const caption = this.#captions[i];
      const base = caption.dataset.base ?? caption.textContent;
      caption.dataset.base = base;
      const words = `${base}: ${format(step)}`;
      if (caption.textContent !== words) caption.textContent = words;
    }
    this.#correlations.draw({ x: [0, 100], y: [-0.2, 1], lines: readings.map(({ autocorrelation }) => autocorrelation) });
    tabulate(
      this.#table,
      readings.map(({ step, effective, acceptance }) => ({
        label: format(step),
        values: [Number(effective.toPrecision(2)), acceptance === undefined ? "no test" : Number(acceptance.toPrecision(2))],
      })),
    );
  }
}
