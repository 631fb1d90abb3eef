/**
 * One drawing at a time: a newer one replaces an older one. The page shows its progress, who drew it, or why there is
 * none.
 */
import { find } from "./dom.ts";
import { inWords } from "./edge.ts";
import { isRequestError, type Painted, Painter, type PaintOptions } from "./painter.ts";

export class LatestDrawing {
  readonly painter: Painter;
  readonly #progress = find("#progress", HTMLProgressElement);
  readonly #cancel = find("#cancel", HTMLButtonElement);
  readonly #status = find("#status", HTMLElement);
  readonly #page = find("main", HTMLElement);
  #abort = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    const model = find("#controls", HTMLFormElement).dataset.model ?? "";
    const state = find("#device-state", HTMLElement);
    this.painter = new Painter(model, (sentence) => {
      if (this.painter.place === "device") state.textContent = sentence;
    });
    this.#cancel.addEventListener("click", () => {
      this.#abort.abort();
      this.#end("Cancelled.");
    });
  }

  /**
   * Runs `work`, which draws with the function that it is given and returns a sentence for the finished image. A
   * newer drawing aborts it. Afterwards the model is loaded on this device, if it is not yet.
   */
  async run(
    place: string | null,
    work: (draw: (wanted: Parameters<Painter["draw"]>[0], run?: Partial<PaintOptions>) => Promise<Painted>) => Promise<string>,
  ): Promise<void> {
    this.#abort.abort();
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    this.painter.place = place === "edge" ? "edge" : "device";
    this.#page.ariaBusy = "true";
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#begin(), SHORT);
    try {
      const sentence = await work((wanted, run) =>
        this.painter.draw(wanted, {
          signal,
          onProgress: (progress) => this.#show(progress),
          onWait: (seconds) => this.#say(`The server is busy: another attempt in ${seconds} s.`),
          ...run,
        }),
      );
      if (!signal.aborted) this.#end(sentence);
    } catch (error) {
      if (!signal.aborted) this.#end(isRequestError(error) ? "No image." : `No image. ${inWords(error)}`);
    }
    if (this.painter.place === "device") this.painter.prepare();
  }

  #begin(): void {
    this.#progress.removeAttribute("value");
    for (const element of [this.#progress, this.#cancel]) element.hidden = false;
  }

  #show({ stage, done, total }: { readonly stage: string; readonly done: number; readonly total: number }): void {
    if (stage !== "draw") return;
    Object.assign(this.#progress, { max: total, value: done });
    if (!this.#progress.hidden) this.#say(`${done} of ${total} network evaluations.`);
  }

  #say(sentence: string): void {
    this.#status.textContent = sentence;
  }

  #end(sentence: string): void {
    clearTimeout(this.#timer);
    this.#page.ariaBusy = "false";
    for (const element of [this.#progress, this.#cancel]) element.hidden = true;
    this.#say(sentence);
  }
}

/** Milliseconds; shorter drawings show no progress. */
const SHORT = 300;

const NAMES: Record<Painted["by"], string> = { device: "by this device", edge: "by the server" };

export const drawnBy = ({ by, milliseconds }: Painted): string =>
  `Drawn ${NAMES[by]} in ${milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`}.`;
