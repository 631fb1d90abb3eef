import { find } from "../../site/client/dom.ts";
import { type Controls, positionOf, type SceneValues, type Slider, type Value, valueAt, withUnit } from "../controls.ts";
import { formulaProblem } from "../formula.ts";

interface FormHost {
  /** Is called for each change; a slider's own text changes at once. */
  set(name: string, value: Value): void;
  /** Says why a text is no value. */
  fail(why: string): void;
}

/** The form of sliders, choices and texts. */
export class SettingsForm {
  readonly #form: HTMLFormElement;
  readonly #controls: Controls;

  constructor(form: HTMLFormElement, controls: Controls, { set, fail }: FormHost) {
    this.#form = form;
    this.#controls = controls;
    for (const [name, control] of Object.entries(controls)) {
      if (control.kind === "slider") {
        const input = this.#input(name);
        input.addEventListener("input", () => {
          const value = valueAt(control, input.valueAsNumber);
          this.#describe(name, control, value);
          set(name, value);
        });
      } else if (control.kind === "seed") {
        const input = this.#input(name);
        const isSeed = () => input.value !== "" && input.checkValidity();
        input.addEventListener("change", () => isSeed() && set(name, input.valueAsNumber));
        find(`#new-${name}`, HTMLButtonElement, form).addEventListener("click", () => {
          input.valueAsNumber = 1 + Math.floor(Math.random() * control.most);
          set(name, input.valueAsNumber);
        });
      } else if (control.kind === "formula") {
        const input = this.#input(name);
        input.addEventListener("change", () => {
          const problem = formulaProblem(input.value.trim());
          if (problem) fail(problem);
          else set(name, input.value.trim());
        });
      } else if (control.kind === "choice") {
        const select = this.#select(name);
        select.addEventListener("change", () => set(name, select.value));
      }
    }
  }

  /** The form's present values. A slider that was not moved keeps its exact value. */
  read(values: SceneValues): SceneValues {
    const read = ([name, control]: [string, Controls[string]]): Value => {
      const value = values[name];
      if (control.kind === "choice") return this.#select(name).value;
      if (control.kind === "drawing") return value;
      if (control.kind === "formula") {
        const text = this.#input(name).value.trim();
        return formulaProblem(text) ? value : text;
      }
      if (control.kind === "seed") return this.#input(name).checkValidity() ? this.#input(name).valueAsNumber || value : value;
      const position = this.#input(name).valueAsNumber;
      return position === positionOf(control, value as number) ? value : valueAt(control, position);
    };
    return Object.fromEntries(Object.entries(this.#controls).map((entry) => [entry[0], read(entry)]));
  }

  show(values: SceneValues): void {
    for (const [name, control] of Object.entries(this.#controls)) {
      if (control.kind === "slider") {
        const value = values[name] as number;
        this.#input(name).valueAsNumber = positionOf(control, value);
        this.#describe(name, control, value);
      } else if (control.kind === "seed") this.#input(name).valueAsNumber = values[name] as number;
      else if (control.kind === "choice") this.#select(name).value = values[name] as string;
      else if (control.kind === "formula") this.#input(name).value = values[name] as string;
    }
  }

  #describe(name: string, control: Slider, value: number): void {
    const text = withUnit(control, value);
    this.#input(name).setAttribute("aria-valuetext", text);
    find(`[for=dial-${name}] .value`, HTMLElement, this.#form).textContent = text;
  }

  #input = (name: string): HTMLInputElement => find(`input[name=${name}]`, HTMLInputElement, this.#form);
  #select = (name: string): HTMLSelectElement => find(`select[name=${name}]`, HTMLSelectElement, this.#form);
}
