/** The state of a page: its fields' values, which are its address (after the `#`, so that a page is one file), its controls, and what is drawn. */
import { OPTION_VALUES } from "../../../wasm-model/request/options.ts";
import {
  type ChoiceField,
  choice,
  choices,
  type Field,
  type Fields,
  readValues,
  type SliderField,
  slider,
  type Values,
  type ValuesOf,
  writeValues,
} from "../../langevin/fields.ts";
import { element, noteOn } from "./dom.ts";
import type { DescribedModel } from "./service.ts";

/** Milliseconds from the last move of a live control to the new address: browsers limit how often it may change. */
const ADDRESS_DELAY = 200;
/** Milliseconds without a key after which a text is taken. */
const TYPING_PAUSE = 500;

export class PageState<F extends Fields> {
  fields!: F;
  values!: ValuesOf<F>;
  /** What is wrong with what a visitor wrote, in a sentence. */
  problem = "";
  readonly #fieldsOf: (asked: URLSearchParams) => F;
  readonly #listeners = new Set<() => void>();
  #writing: ReturnType<typeof setTimeout> | undefined;

  /** `fieldsOf`: the fields for an address, whose model, for example, decides which classes there are; the same ones each time. */
  constructor(fieldsOf: (asked: URLSearchParams) => F) {
    this.#fieldsOf = fieldsOf;
    this.#read();
    addEventListener("popstate", () => {
      if (location.hash !== "" && !location.hash.includes("=")) return; // a link to a part of the page
      this.#read();
      this.#tell();
    });
  }

  /** Calls `listener` now and at each change, until the signal is aborted. */
  follow(listener: () => void, signal?: AbortSignal): void {
    this.#listeners.add(listener);
    signal?.addEventListener("abort", () => this.#listeners.delete(listener));
    listener();
  }

  /** Each change is an entry of the browser's history, so that Back undoes it. `kept`: what the entry keeps beside its address. */
  set(changed: Partial<ValuesOf<F>>, kept: unknown = history.state): void {
    this.go(this.address(changed), kept);
  }

  /** Goes to another state, by its address. */
  go(address: string, kept: unknown = history.state): void {
    if (address !== (location.hash || "#") || kept !== history.state) history.pushState(kept, "", address);
    this.#read();
    this.#tell();
  }

  /** Sets what moves on: the address follows when it rests, in place of the one before. */
  setLive(changed: Partial<ValuesOf<F>>): void {
    this.values = { ...this.values, ...changed };
    this.problem = "";
    clearTimeout(this.#writing);
    this.#writing = setTimeout(() => history.replaceState(history.state, "", this.address()), ADDRESS_DELAY);
    this.#tell();
  }

  fail(problem: string): void {
    this.problem = problem;
    this.#tell();
  }

  /** The address of this state with some values changed, relative to the page. */
  address(changed: Partial<ValuesOf<F>> = {}): string {
    return `#${new URLSearchParams(writeValues({ ...this.values, ...changed } as Values, this.fields))}`;
  }

  #read(): void {
    clearTimeout(this.#writing);
    const asked = new URLSearchParams(location.hash.includes("=") ? location.hash.slice(1) : "");
    this.fields = this.#fieldsOf(asked);
    this.values = readValues(asked, this.fields) as ValuesOf<F>;
    this.problem = "";
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

/** Whether there is anything to choose. */
export const isOpen = (field: Field): boolean => field.kind !== "choice" || Object.keys(field.values).length > 1;

/** The controls of these fields. They follow the state, until `signal` aborts, and the state follows them. `isLive`: while sliders move, not when they rest. */
export function controls<F extends Fields>(
  state: PageState<F>,
  names: readonly (keyof F & string)[],
  { isLive = false, signal }: { readonly isLive?: boolean; readonly signal?: AbortSignal } = {},
): HTMLElement {
  const all = element("div", { className: "fields" });
  let fields: F | undefined;
  let shown: readonly ReturnType<typeof control>[] = [];
  state.follow(() => {
    if (fields !== state.fields) {
      const present = names.filter((name) => name in state.fields && isOpen(state.fields[name]));
      shown = present.map((name) => control(state, name, isLive));
      all.replaceChildren(...shown.map(({ element }) => element));
    }
    fields = state.fields;
    for (const { show } of shown) show();
  }, signal);
  return all;
}

/** A field's element, and what shows the state's value in it. */
function control<F extends Fields>(state: PageState<F>, name: keyof F & string, isLive: boolean) {
  const field: Field = state.fields[name];
  const input = inputFor(field);
  const id = `field-${name}`;
  Object.assign(input, { id, name });
  const [ask, told] = field.note === undefined ? ["", ""] : noteOn(field.label, () => field.note!);
  const parts: HTMLElement[] = [element("span", {}, element("label", { htmlFor: id }, field.label), ask)];
  let isWrong = false;
  let show = (): void => {
    isWrong &&= state.problem !== "";
    input.ariaInvalid = isWrong ? "true" : null;
    if (!isWrong) input.value = String(state.values[name]); // what is wrong stays, to be mended
  };
  if (field.kind === "number") {
    const slider = input as HTMLInputElement;
    const output = element("output", { ariaHidden: "true" }); // the slider itself says it
    const say = (number: number) => {
      output.textContent = slider.ariaValueText = field.unit ? `${number} ${field.unit}` : String(number);
    };
    show = () => {
      const number = state.values[name] as number;
      if (slider.valueAsNumber !== number) slider.valueAsNumber = number;
      say(number);
    };
    const set = () => state[isLive ? "setLive" : "set"]({ [name]: slider.valueAsNumber } as Partial<ValuesOf<F>>);
    slider.addEventListener("input", () => say(slider.valueAsNumber));
    slider.addEventListener(isLive ? "input" : "change", set);
    parts.push(output);
  } else
    input.addEventListener("change", () => {
      const problem = field.kind === "text" && field.problem?.(input.value);
      isWrong = Boolean(problem);
      if (problem) state.fail(problem);
      else if (input.value !== state.values[name] || state.problem !== "") state.set({ [name]: input.value } as Partial<ValuesOf<F>>);
    });
  return { element: element("div", { className: `field ${field.kind}` }, ...parts, input, told), show };
}

function inputFor(field: Field): HTMLInputElement | HTMLSelectElement {
  if (field.kind === "choice") {
    return element("select", {}, ...Object.entries(field.values).map(([value, textContent]) => element("option", { value, textContent })));
  }
  if (field.kind === "text") {
    const { example: placeholder = "", maxLength } = field;
    const input = element("input", { type: "text", autocomplete: "off", autocapitalize: "off", spellcheck: false, placeholder });
    if (maxLength !== undefined) input.maxLength = maxLength;
    const show = () => input.scrollIntoView({ block: "nearest" });
    input.addEventListener("focus", () => visualViewport!.addEventListener("resize", show, { once: true })); // a phone's keyboard opens
    let typing: ReturnType<typeof setTimeout> | undefined;
    input.addEventListener("input", () => {
      clearTimeout(typing);
      typing = setTimeout(() => input.dispatchEvent(new Event("change")), TYPING_PAUSE);
    });
    input.addEventListener("change", () => clearTimeout(typing));
    return input;
  }
  const { min, max, step } = field;
  return element("input", { type: "range", min: String(min), max: String(max), step: String(step) });
}

/** The most bytes of a seed in UTF-8. */
const LONGEST_SEED = OPTION_VALUES.seed.domain.maxLength;

/** What is wrong with a seed, in a sentence for visitors. */
export function seedProblem(seed: string): string | undefined {
  if (seed.trim() === "") return "Type any text.";
  if (new TextEncoder().encode(seed).length > LONGEST_SEED) return `“${seed.slice(0, 40)}…” is longer than ${LONGEST_SEED} bytes.`;
}

const SEED = "Any word gives another version: it picks the starting noise.";

export const seedField = (label: string, byDefault: string) =>
  ({ kind: "text", label, default: byDefault, problem: seedProblem, maxLength: LONGEST_SEED, note: SEED }) as const;

/** A class of a model or any. Of a single one there is nothing to choose. */
export const classField = (labels: readonly string[]): ChoiceField => ({
  ...choice<string>("Kind", { "": "surprise me", ...(labels.length > 1 && choices(labels)) }, ""),
  note: "What it draws; without one, the name picks.",
});

/** For a slider of an option. */
export const rangeOf = ({ domain: { min, max } }: { readonly domain: Readonly<Record<"min" | "max", number>> }) => [min, max] as const;

export const stepsField = ({ sampling }: DescribedModel): SliderField =>
  slider("Noise levels", rangeOf(OPTION_VALUES.steps), sampling.steps);
