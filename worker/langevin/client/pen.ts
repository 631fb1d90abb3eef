import { find } from "../../site/client/dom.ts";
import { type Controls, type DrawnPoints, isInPlane, type Point, rounded, type SceneValues } from "../controls.ts";
import { HALF } from "../target.ts";
import { takeOwnData } from "./own-data.ts";

/** A press nearer to a point than this removes it. */
const NEAR = 0.12;

interface PenHost {
  /** The present points. */
  points(name: string): readonly Point[];
  set(values: SceneValues): void;
  /** Says why there are no points. */
  fail(why: string): void;
  /** Draws the plane anew. */
  show(): void;
}

/** Draws points in a plane: by pointer on its canvas, by keyboard with two sliders and three buttons. */
export class Pen {
  readonly #name: string;
  readonly #drawing: DrawnPoints;
  readonly #sheet: PenHost;
  readonly #fields = find(".drawing", HTMLFieldSetElement);
  #place: Point = [0, 0];
  #isShown = false;

  static of(controls: Controls, canvases: HTMLElement, sheet: PenHost): Pen | undefined {
    const entry = Object.entries(controls).find(([, control]) => control.kind === "drawing");
    return entry && new Pen(entry[0], entry[1] as DrawnPoints, canvases, sheet);
  }

  private constructor(name: string, drawing: DrawnPoints, canvases: HTMLElement, sheet: PenHost) {
    this.#name = name;
    this.#drawing = drawing;
    this.#sheet = sheet;
    this.#listenToPointer(canvases);
    this.#listenToFields();
    takeOwnData(canvases, drawing.most, (points) => this.#set(points), sheet.fail);
  }

  /** Its place while its sliders or buttons have the focus. */
  get place(): Point | undefined {
    return this.#isShown ? this.#place : undefined;
  }

  #listenToPointer(canvases: HTMLElement): void {
    canvases.classList.add("drawable");
    const place = ({ clientX, clientY }: PointerEvent): Point => {
      const { left, top, width } = canvases.getBoundingClientRect();
      return [rounded(((clientX - left) / width) * 2 * HALF - HALF), rounded(HALF - ((clientY - top) / width) * 2 * HALF)];
    };
    const press = (event: PointerEvent): boolean => {
      const at = place(event);
      const [nearest, distance] = this.#nearest(at);
      if (distance < NEAR) this.#remove(nearest);
      else this.#add(at);
      return distance >= NEAR;
    };
    const touch = find("#touch", HTMLButtonElement);
    touch.addEventListener("click", () => {
      touch.ariaPressed = String(touch.ariaPressed !== "true");
    });
    canvases.addEventListener("pointerdown", (event) => {
      if (event.pointerType === "touch" && touch.ariaPressed !== "true") return; // a swipe scrolls the page
      if (press(event)) canvases.setPointerCapture(event.pointerId);
      else if (canvases.hasPointerCapture(event.pointerId)) canvases.releasePointerCapture(event.pointerId); // a touch captures by itself
    });
    canvases.addEventListener("pointermove", (event) => {
      if (canvases.hasPointerCapture(event.pointerId)) this.#add(place(event));
    });
  }

  #listenToFields(): void {
    this.#readSliders(); // people may have moved them before this script came
    this.#fields.addEventListener("input", () => {
      this.#readSliders();
      this.#sheet.show();
    });
    const onClick = (id: string, act: () => void) => find(id, HTMLButtonElement).addEventListener("click", act);
    onClick("#add", () => this.#add(this.#place));
    onClick("#remove", () => this.#remove(this.#nearest(this.#place)[0]));
    onClick("#clear", () => this.#set([]));
    for (const [type, isShown] of [
      ["focusin", true],
      ["focusout", false],
    ] as const) {
      this.#fields.addEventListener(type, () => {
        this.#isShown = isShown;
        this.#sheet.show();
      });
    }
  }

  #readSliders(): void {
    const [x, y] = ["x", "y"].map((axis) => {
      const { value, valueAsNumber } = find(`#pen-${axis}`, HTMLInputElement);
      find(`[for=pen-${axis}] .value`, HTMLElement).textContent = value;
      return valueAsNumber;
    });
    this.#place = [x!, y!];
  }

  #nearest([x, y]: Point): [point: Point | undefined, distance: number] {
    const distanceTo = ([px, py]: Point) => Math.hypot(px - x, py - y);
    const [nearest] = [...this.#sheet.points(this.#name)].sort((a, b) => distanceTo(a) - distanceTo(b));
    return [nearest, nearest ? distanceTo(nearest) : Infinity];
  }

  /** Adds a point unless it is too near to another. */
  #add(at: Point): void {
    const points = this.#sheet.points(this.#name);
    if (!at.every(isInPlane) || points.length >= this.#drawing.most || this.#nearest(at)[1] < this.#drawing.spacing) return;
    this.#set([...points, at]);
  }

  #set(points: readonly Point[]): void {
    this.#sheet.set({ ...this.#drawing.also, [this.#name]: points });
  }

  #remove(point: Point | undefined): void {
    this.#set(this.#sheet.points(this.#name).filter((one) => one !== point));
  }
}
