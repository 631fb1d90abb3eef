/**
 * Plays the annealing of an image: frames that fade into each other while the noise level falls, with the score drawn
 * over them. Moments count network evaluations: moment i is the noisy image that evaluation i saw, and the last is
 * the finished image.
 */
import type { Pixels } from "../../../wasm-model/render/image/png.ts";
import { prefersReducedMotion } from "../../widget/display.ts";
import type { Frame } from "../../widget/protocol.ts";
import { find } from "./dom.ts";
import { paint } from "./pixels.ts";
import { drawScore } from "./score.ts";

/** Milliseconds from noise to image. */
const DURATION = 2600;
/** Height of the chart of noise levels and its margin at the top, in units of the view box. */
const [FLOOR, ROOM] = [40, 2];

export class Player {
  readonly #canvas = find("#image", HTMLCanvasElement);
  readonly #score = find("#score", HTMLCanvasElement);
  readonly #panel = find("#player", HTMLElement);
  readonly #scrub = find("#scrub", HTMLInputElement);
  readonly #play = find("#play", HTMLButtonElement);
  readonly #isScored = find("#show-score", HTMLInputElement);
  readonly #words = find("#moment", HTMLElement);
  #frames: readonly Frame[] = [];
  /** The present moment; the slider has coarser steps. */
  #position = 0;
  #finished: Pixels | undefined;
  /** The requested animation frame, and the time of the last one. */
  #request = 0;
  #latest = 0;

  constructor() {
    this.#scrub.addEventListener("input", () => {
      this.pause();
      this.#moment = Number(this.#scrub.value);
    });
    this.#play.addEventListener("click", () => (this.#request ? this.pause() : this.play()));
    find("#replay", HTMLButtonElement).addEventListener("click", () => {
      this.#moment = 0;
      this.play();
    });
    find("#back", HTMLButtonElement).addEventListener("click", () => this.#step(-1));
    find("#forward", HTMLButtonElement).addEventListener("click", () => this.#step(1));
    this.#isScored.addEventListener("change", () => this.#show());
    new ResizeObserver(() => this.#show()).observe(this.#canvas);
  }

  /**
   * Takes a finished image and the frames that led to it (a grid and what the server draws have none). `autoplay`: plays
   * at once, unless reduced motion is preferred.
   */
  load(frames: readonly Frame[], finished: Pixels, { autoplay, isGrid }: { readonly autoplay: boolean; readonly isGrid: boolean }): void {
    this.pause();
    this.#frames = frames;
    this.#finished = finished;
    this.#panel.hidden = isGrid;
    this.#panel.toggleAttribute("data-empty", frames.length === 0);
    this.#scrub.max = String(frames.length);
    this.#drawFall();
    const plays = autoplay && frames.length > 0 && !prefersReducedMotion();
    this.#moment = plays ? 0 : frames.length;
    if (plays) this.play();
  }

  get lacksFrames(): boolean {
    return !this.#panel.hidden && this.#frames.length === 0;
  }

  play(): void {
    cancelAnimationFrame(this.#request); // of an animation that is playing
    if (this.#moment >= this.#frames.length) this.#moment = 0;
    this.#play.textContent = "Pause";
    this.#latest = performance.now();
    const next = (now: number) => {
      const passed = Math.max(0, now - this.#latest); // the first frame's time may be before the click's
      const moment = this.#moment + (passed * this.#frames.length) / DURATION;
      this.#latest = now;
      this.#moment = Math.min(moment, this.#frames.length);
      if (moment < this.#frames.length) this.#request = requestAnimationFrame(next);
      else this.pause();
    };
    this.#request = requestAnimationFrame(next);
  }

  pause(): void {
    cancelAnimationFrame(this.#request);
    this.#request = 0;
    this.#play.textContent = "Play";
  }

  get #moment(): number {
    return this.#position;
  }

  set #moment(moment: number) {
    this.#position = moment;
    this.#scrub.value = String(moment);
    this.#show();
  }

  #step(by: number): void {
    this.pause();
    const from = by < 0 ? Math.ceil(this.#moment) : Math.floor(this.#moment);
    this.#moment = Math.max(0, Math.min(from + by, this.#frames.length));
  }

  #show(): void {
    if (!this.#finished) return;
    const moment = this.#moment;
    const last = this.#frames.length;
    this.#canvas.hidden = false;
    this.#score.hidden = !this.#isScored.checked || moment >= last;
    find(".now", SVGPathElement, this.#panel).setAttribute("d", `M${(100 * moment) / last || 0} 0V${FLOOR}`);
    if (moment >= last) {
      paint(this.#canvas, this.#finished);
      this.#say("no noise", `step ${last} of ${last}`);
      return;
    }
    const i = Math.floor(moment);
    const [frame, next] = [this.#frames[i], this.#frames.at(i + 1)];
    const share = moment - i;
    const noisy = between(this.#frames, moment);
    paint(this.#canvas, noisy);
    if (!this.#score.hidden) drawScore(this.#score, noisy, blend(frame.denoised, next?.denoised ?? frame.denoised, share));
    const sigma = frame.sigma * ((next?.sigma ?? frame.sigma / 2) / frame.sigma) ** share;
    this.#say(`σ ${sigma.toPrecision(2)}`, `step ${i} of ${last}`);
  }

  #say(level: string, step: string): void {
    this.#words.textContent = `${level}, ${step}`;
    this.#scrub.ariaValueText = `${level}, ${step}`;
  }

  /** The noise levels, on a logarithmic scale; after the last there is none. */
  #drawFall(): void {
    const logs = this.#frames.map(({ sigma }) => Math.log(sigma));
    const [top, bottom] = [logs[0], logs.at(-1) ?? 0];
    const height = (log: number) => ROOM + ((FLOOR - 6) * (top - log)) / (top - bottom || 1);
    const points = logs.map((log, i) => `${(100 * i) / logs.length} ${height(log)}`);
    find(".fall", SVGPathElement, this.#panel).setAttribute("d", points.length > 0 ? `M${points.join("L")}L100 ${FLOOR}` : "");
  }
}

/** The image at a moment between two frames. */
export function between(frames: readonly Frame[], moment: number): Pixels {
  const i = Math.floor(moment);
  const [frame, next] = [frames[i], frames.at(i + 1)];
  return blend(frame.noisy, next?.noisy ?? frame.denoised, moment - i);
}

/** (1 - share) a + share b. */
function blend(a: Pixels, b: Pixels, share: number): Pixels {
  return { ...a, pixels: a.pixels.map((value, i) => value + share * (b.pixels[i] - value)) };
}
