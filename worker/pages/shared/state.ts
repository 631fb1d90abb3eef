/**
 * The state of a page: a record of fields with type, default and bounds. It is at once the page's address (after the
 * `#`, so that a page is one file for all states), its controls, and what is drawn.
 */
import { element } from "./dom.ts";

interface Named {
  readonly label: string;
  /** A sentence below the control. */
  readonly hint?: string;
}

export type Field = Named &
  (
    | { readonly kind: "text"; readonly default: string }
    | { readonly kind: "number"; readonly min: number; readonly max: number; readonly step: number; readonly default: number }
    /** Values with their texts. */
    | { readonly kind: "choice"; readonly values: Readonly<Record<string, string>>; readonly default: string }
  );

export type Fields = Readonly<Record<string, Field>>;
export type Values<F extends Fields> = { readonly [K in keyof F]: F[K] extends { readonly kind: "number" } ? number : string };

/** The values of a choice that are their own texts. */
export const choices = (values: readonly string[]): Record<string, string> => Object.fromEntries(values.map((value) => [value, value]));

export class State<F extends Fields> {
  fields: F;
  values: Values<F>;
  /** What is wrong with the address, in sentences for visitors; the defaults stand instead. */
  problem = "";
  readonly #fieldsOf: (asked: URLSearchParams) => F;
  readonly #listeners: (() => void)[] = [];

  /** `fieldsOf`: the fields for an address, whose model, for example, decides which classes there are. */
  constructor(fieldsOf: (asked: URLSearchParams) => F) {
    this.#fieldsOf = fieldsOf;
    [this.fields, this.values] = this.#read();
    addEventListener("popstate", () => {
      if (location.hash !== "" && !location.hash.includes("=")) return; // a link to a part of the page
      [this.fields, this.values] = this.#read();
      this.#tell();
    });
  }

  /** Calls `listener` now and at each change. */
  follow(listener: () => void): void {
    this.#listeners.push(listener);
    listener();
  }

  /** Each change is an entry of the browser's history, so that Back undoes it. */
  set(changed: Partial<Values<F>>): void {
    const address = this.address(changed);
    if (address !== (location.hash || "#")) history.pushState(null, "", address);
    [this.fields, this.values] = this.#read();
    this.#tell();
  }

  /** The address of this state with some values changed, relative to the page. Defaults are left out. */
  address(changed: Partial<Values<F>> = {}): string {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries({ ...this.values, ...changed }))
      if (value !== this.fields[name]?.default) query.set(name, String(value));
    return `#${query}`;
  }

  #read(): [F, Values<F>] {
    const asked = new URLSearchParams(location.hash.includes("=") ? location.hash.slice(1) : "");
    const fields = this.#fieldsOf(asked);
    const problems = [...asked.keys()].filter((name) => !(name in fields)).map((name) => `There is no setting “${name}” on this page.`);
    const values = Object.entries(fields).map(([name, field]) => {
      const text = asked.get(name);
      const value = text === null ? undefined : valueIn(field, text);
      if (text !== null && value === undefined) problems.push(`“${field.label}” takes ${domainOf(field)}, not ${text}.`);
      return [name, value ?? field.default];
    });
    this.problem = problems.join(" ");
    return [fields, Object.fromEntries(values) as Values<F>];
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

function valueIn(field: Field, text: string): string | number | undefined {
  if (field.kind === "text") return text;
  if (field.kind === "choice") return Object.hasOwn(field.values, text) ? text : undefined;
  const value = Number(text);
  return text !== "" && value >= field.min && value <= field.max ? value : undefined;
}

function domainOf(field: Field): string {
  if (field.kind === "text") return "text";
  if (field.kind === "choice") return `one of ${Object.keys(field.values).join(", ")}`;
  return `a number from ${field.min} to ${field.max}`;
}

/** The controls of these fields. They follow the state, and the state follows them. `part`: tells their ids from those of other parts of the page. */
export function controls<F extends Fields>(state: State<F>, names: readonly (keyof F & string)[], part = "field"): HTMLElement {
  const all = element("div", { className: "fields" });
  let fields: F | undefined;
  state.follow(() => {
    if (fields !== state.fields)
      all.replaceChildren(...names.filter((name) => name in state.fields).map((name) => control(state, name, `${part}-${name}`)));
    fields = state.fields;
    for (const input of all.querySelectorAll<HTMLInputElement>("[name]")) {
      input.value = String(state.values[input.name]);
      input.dispatchEvent(new Event("input"));
    }
  });
  return all;
}

function control<F extends Fields>(state: State<F>, name: keyof F & string, id: string): HTMLElement {
  const field = state.fields[name];
  const input = inputFor(field);
  Object.assign(input, { id, name });
  const parts: HTMLElement[] = [element("label", { htmlFor: id }, field.label)];
  if (field.kind === "number") {
    const value = element("output", { ariaHidden: "true" }); // the slider itself says it
    input.addEventListener("input", () => (value.textContent = input.value));
    parts.push(value);
  }
  parts.push(input);
  if (field.hint) {
    parts.push(element("span", { className: "note", id: `${id}-hint` }, field.hint));
    input.setAttribute("aria-describedby", `${id}-hint`);
  }
  input.addEventListener("change", () => state.set({ [name]: valueIn(field, input.value) ?? field.default } as Partial<Values<F>>));
  return element("div", { className: "field" }, ...parts);
}

function inputFor(field: Field): HTMLInputElement | HTMLSelectElement {
  if (field.kind === "choice") {
    return element("select", {}, ...Object.entries(field.values).map(([value, textContent]) => element("option", { value, textContent })));
  }
  if (field.kind === "text") return element("input", { type: "text", autocomplete: "off", autocapitalize: "off", spellcheck: false });
  const { min, max, step } = field;
  return element("input", { type: "range", min: String(min), max: String(max), step: String(step) });
}
