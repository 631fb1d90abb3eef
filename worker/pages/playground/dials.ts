/** The form of a scene: sliders, choices, a formula, and points, which are also drawn on a plane. */
import { FORMULA_WORDS, formulaProblem, LONGEST_FORMULA } from "../../langevin/formula.ts";
import { pointsFromText, textOf } from "../../langevin/own-points.ts";
import {
  type Field,
  type Fields,
  isInPlane,
  nearestStop,
  type Point,
  type Points,
  rounded,
  type Slider,
  stopsOf,
  type Value,
  type Values,
  withUnit,
} from "../../langevin/state.ts";
import { HALF } from "../../langevin/target.ts";
import { button, element } from "../shared/dom.ts";

export interface Host {
  /** The present values. */
  readonly values: () => Values;
  /** Is called for each change. */
  set(changed: Values): void;
  /** Says what is wrong, or what was done, with what a visitor wrote. */
  say(words: string): void;
}

interface Dial {
  readonly element: HTMLElement;
  show(value: Value): void;
}

/** Dials for the fields of these names. `show` is to be called when values change. */
export function dials(fields: Fields, names: readonly string[], host: Host): { readonly elements: readonly HTMLElement[]; show(): void } {
  const all = names.map((name) => [name, dial(name, fields[name], host)] as const);
  return {
    elements: all.map(([, one]) => one.element),
    show() {
      const values = host.values();
      for (const [name, one] of all) one.show(values[name]);
    },
  };
}

function dial(name: string, field: Field, host: Host): Dial {
  const label = element("label", { htmlFor: `dial-${name}` }, field.label);
  const common = { id: `dial-${name}`, name };
  if (field.kind === "choice") {
    const options = Object.entries(field.options).map(([value, words]) => element("option", { value }, words));
    const select = element("select", common, ...options);
    select.addEventListener("change", () => host.set({ [name]: select.value }));
    return { element: element("div", {}, label, select), show: showIn(select) };
  }
  if (field.kind === "slider") return sliderDial(name, field, label, host);
  if (field.kind === "points") return pointsDial(name, field, label, host);
  const input = element("input", { ...common, type: "text", maxLength: LONGEST_FORMULA, placeholder: field.example, title: FORMULA_WORDS });
  Object.assign(input, { autocapitalize: "off", spellcheck: false });
  input.addEventListener("change", () => {
    const problem = formulaProblem(input.value.trim());
    if (problem) host.say(problem);
    else host.set({ [name]: input.value.trim() });
  });
  return { element: element("div", { className: "wide" }, label, input), show: showIn(input) };
}

const showIn = (input: HTMLSelectElement | HTMLInputElement) => (value: Value) => {
  input.value = value as string;
};

function sliderDial(name: string, slider: Slider, label: HTMLElement, host: Host): Dial {
  const stops = stopsOf(slider);
  const input = element("input", { type: "range", id: `dial-${name}`, name, min: "0", max: String(stops.length - 1) });
  const shown = element("span", { className: "value", ariaHidden: "true" });
  const describe = (value: number) => {
    shown.textContent = input.ariaValueText = withUnit(slider, value);
  };
  input.addEventListener("input", () => {
    describe(stops[input.valueAsNumber]);
    host.set({ [name]: stops[input.valueAsNumber] });
  });
  return {
    element: element("div", {}, label, shown, input),
    show(value) {
      if (stops[input.valueAsNumber] !== value) input.valueAsNumber = nearestStop(stops, value as number);
      describe(value as number);
    },
  };
}

/** Points as lines of text: what is drawn appears there, and what is written or pasted there is used. */
function pointsDial(name: string, { label, most, also }: Points, title: HTMLElement, host: Host): Dial {
  const text = element("textarea", { id: `dial-${name}`, name, rows: 4, spellcheck: false, placeholder: "1.5, -0.2" });
  title.textContent = "x and y in each line";
  const use = button("Use these points", () => {
    const { points, words } = pointsFromText(text.value, most);
    if (points.length > 0 || text.value.trim() === "") host.set({ ...also, [name]: points });
    host.say(words);
  });
  const summary = element("summary", {}, `${label}: draw them in the plane, or write them here`);
  return {
    element: element("details", { className: "wide" }, summary, title, text, element("div", { className: "buttons" }, use)),
    show(value) {
      if (document.activeElement !== text) text.value = textOf(value as readonly Point[]);
    },
  };
}

/** A press nearer to a point than this removes it. */
const NEAR = 0.12;

/** Draws points on a plane by mouse, pen or finger. A finger scrolls unless `isTouched`. */
export function drawOn(canvases: HTMLElement, name: string, { also, most, spacing }: Points, host: Host, isTouched: () => boolean): void {
  const present = () => host.values()[name] as readonly Point[];
  const place = ({ clientX, clientY }: PointerEvent): Point => {
    const { left, top, width } = canvases.getBoundingClientRect();
    return [rounded(((clientX - left) / width) * 2 * HALF - HALF), rounded(HALF - ((clientY - top) / width) * 2 * HALF)];
  };
  const distance = ([x, y]: Point, [px, py]: Point) => Math.hypot(px - x, py - y);
  /** Adds a point unless it is too near to another. */
  const add = (at: Point) => {
    const points = present();
    if (!at.every(isInPlane) || points.length >= most || points.some((one) => distance(one, at) < spacing)) return;
    host.set({ ...also, [name]: [...points, at] });
  };
  canvases.classList.add("drawable");
  canvases.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || !event.isPrimary || (event.pointerType === "touch" && !isTouched())) return; // a swipe scrolls the page
    const at = place(event);
    const hit = present().find((one) => distance(one, at) < NEAR);
    if (hit) {
      host.set({ ...also, [name]: present().filter((one) => one !== hit) });
      if (canvases.hasPointerCapture(event.pointerId)) canvases.releasePointerCapture(event.pointerId); // a touch captures by itself
    } else {
      add(at);
      canvases.setPointerCapture(event.pointerId);
    }
  });
  canvases.addEventListener("pointermove", (event) => {
    if (event.isPrimary && canvases.hasPointerCapture(event.pointerId)) add(place(event));
  });
}
