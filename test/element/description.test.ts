/** What the element is said to offer is what it has. */
import Ajv from "ajv";
import SCHEMA from "custom-elements-manifest/schema.json";
import { afterEach, describe, expect, expectTypeOf, it } from "vitest";
import { RequestError } from "../../worker/drawing/protocol.ts";
import { ATTRIBUTE_NAMES, absent, OPTION_ATTRIBUTES, propertyOf } from "../../worker/element/attributes.ts";
import MANIFEST from "../../worker/element/custom-elements.json" with { type: "json" };
import {
  type AnnealSampleElement,
  type ErrorDetail,
  type LoadDetail,
  type ProgressDetail,
  register,
} from "../../worker/element/element.ts";
import type * as Declared from "../../worker/element/embed.d.ts";
import { customElements as manifest } from "../../worker/element/reference-tables.ts";

const [{ declarations }] = MANIFEST.modules;
const [ELEMENT] = declarations;
const namesOf = (rows: readonly { readonly name: string }[]): string[] => rows.map(({ name }) => name);

const IMAGE = { seed: "7", class: 1, label: "Bag", steps: 1, sampler: "heun", temperature: 1, guidance: 1, nfe: 1 } as const;

let requests: object[] = [];

register(
  "table-sample",
  async (request, { onProgress }) => {
    requests.push(request);
    onProgress({ stage: "draw", done: 1, total: 1 });
    if (JSON.stringify(request).includes("refused")) throw new RequestError("no");
    return { ...IMAGE, width: 1, height: 1, channels: 1, pixels: new Uint8Array(1), png: new Uint8Array(3) };
  },
  { server: `${location.origin}/` },
);

afterEach(() => {
  document.body.replaceChildren();
  requests = [];
});

function put(attributes = ""): AnnealSampleElement {
  document.body.innerHTML = `<table-sample ${attributes}></table-sample>`;
  return document.body.firstElementChild as AnnealSampleElement;
}

const told = (element: Element, type: string): Promise<CustomEvent> =>
  new Promise((resolve) => element.addEventListener(type, (event) => resolve(event as CustomEvent), { once: true }));

/** What each attribute changes when it is set: what is asked of who draws, or what the page sees. */
const EFFECTS: Readonly<Record<string, (element: AnnealSampleElement) => unknown>> = {
  ...Object.fromEntries([...OPTION_ATTRIBUTES].map(([option, name]) => [name, asked(name, `options.${option}`)])),
  model: asked("model", "model"),
  src: async (element) => {
    element.src = "https://anneal.test/page";
    await told(element, "load");
    expect(requests.at(-1)).toHaveProperty("server", "https://anneal.test/");
  },
  animate: async (element) => {
    element.animated = true;
    await told(element, "load");
    expect(requests.at(-1)).toHaveProperty("animate", true);
  },
  loading: async (element) => {
    element.hidden = true;
    element.loading = "lazy";
    element.seed = "another";
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(requests).toHaveLength(1);
    element.loading = "eager";
    await told(element, "load");
  },
  alt: (element) => {
    element.alt = "A cat";
    expect(element.shadowRoot?.querySelector("canvas")?.ariaLabel).toBe("A cat");
  },
};

function asked(property: string, path: string) {
  return async (element: AnnealSampleElement) => {
    Object.assign(element, { [property]: "x" });
    await told(element, "load");
    expect(requests.at(-1)).toHaveProperty(path, "x");
  };
}

describe.each(ATTRIBUTE_NAMES)("attribute %s", (name) => {
  const property = propertyOf(name);
  const isFlag = typeof absent(name) === "boolean";

  it("is reflected by its property, both ways", () => {
    const element = put() as AnnealSampleElement & Record<string, unknown>;
    const without = name === "seed" ? element.seed : absent(name);
    const value = isFlag ? true : "x";
    expect(element[property]).toBe(without);
    element.setAttribute(name, "x");
    expect(element[property]).toBe(value);
    element.removeAttribute(name);
    (element as Record<string, unknown>)[property] = value;
    expect(element.getAttribute(name)).toBe(isFlag ? "" : "x");
    (element as Record<string, unknown>)[property] = isFlag ? false : null;
    expect(element.hasAttribute(name)).toBe(false);
    expect(element[property]).toBe(without);
  });

  it("does what it says", async () => {
    const element = put();
    await told(element, "load");
    await EFFECTS[name](element);
  });
});

it.each(namesOf(ELEMENT.events))("sends %s, which does not bubble", async (name) => {
  const element = put(name === "error" ? `seed="refused"` : "");
  const event = await told(element, name);
  expect(event).toBeInstanceOf(CustomEvent);
  expect(event.bubbles).toBe(false);
  expect(Object.keys(event.detail)).toEqual({ progress: ["stage", "done", "total"], load: ["image"], error: ["error"] }[name]);
});

it.each(namesOf(ELEMENT.cssParts))("has the part %s", (name) => {
  document.head.insertAdjacentHTML("beforeend", `<style>table-sample::part(${name}) { outline: 3px solid rgb(1, 2, 3); }</style>`);
  const found = [...put().shadowRoot!.querySelectorAll(`[part=${name}]`)];
  expect(found.length).toBeGreaterThan(0);
  for (const part of found) expect(getComputedStyle(part).outlineColor).toBe("rgb(1, 2, 3)");
  document.head.lastElementChild?.remove();
});

it.each([
  ["--anneal-background", "canvas", "background-color", "rgb(1, 2, 3)"],
  ["--anneal-accent", "progress", "accent-color", "rgb(1, 2, 3)"],
  ["--anneal-rendering", "canvas", "image-rendering", "auto"],
])("obeys %s", (name, selector, property, value) => {
  expect(namesOf(ELEMENT.cssProperties)).toContain(name);
  const element = put(`style="${name}: ${value}"`);
  expect(getComputedStyle(element.shadowRoot!.querySelector(selector)!).getPropertyValue(property)).toBe(value);
});

describe("custom-elements.json", () => {
  it("fits the schema of custom-elements-manifest", () => {
    const ajv = new Ajv({ allowUnionTypes: true });
    const isValid = ajv.validate(SCHEMA, manifest("embed.js"));
    expect(ajv.errors).toBeNull();
    expect(isValid).toBe(true);
  });

  it("has what the element offers beside attributes", () => {
    const members = namesOf(ELEMENT.members.filter((member) => !("attribute" in member)));
    expect(members).toEqual(["draw", "toBlob"]);
    expect([namesOf(ELEMENT.events), namesOf(ELEMENT.cssParts)]).toEqual([
      ["progress", "load", "error"],
      ["image", "progress", "error"],
    ]);
  });
});

it("is declared for TypeScript as it is written", () => {
  expectTypeOf<Pick<AnnealSampleElement, Extract<keyof Declared.AnnealSampleElement, keyof AnnealSampleElement>>>().toExtend<
    Omit<Declared.AnnealSampleElement, "addEventListener" | "removeEventListener">
  >();
  expectTypeOf<LoadDetail>().toExtend<Declared.LoadDetail>();
  expectTypeOf<ErrorDetail>().toEqualTypeOf<Declared.ErrorDetail>();
  expectTypeOf<ProgressDetail>().toEqualTypeOf<Declared.ProgressDetail>();
  expectTypeOf<HTMLElementTagNameMap["anneal-sample"]>().toEqualTypeOf<Declared.AnnealSampleElement>();
});
