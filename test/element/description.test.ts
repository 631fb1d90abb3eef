/** What the element is said to offer is what it has. */
import { afterEach, describe, expect, expectTypeOf, it } from "vitest";
import { RequestError } from "../../worker/drawing/protocol.ts";
import {
  ATTRIBUTE_NAMES,
  type AttributeName,
  absent,
  type Choices,
  OPTION_ATTRIBUTES,
  type Reflected,
} from "../../worker/element/attributes.ts";
import {
  type AnnealSampleElement,
  type ErrorDetail,
  type LoadDetail,
  type ProgressDetail,
  register,
} from "../../worker/element/element.ts";
import type * as Declared from "../../worker/element/embed.d.ts";

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
  animated: async (element) => {
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
  const isFlag = typeof absent(name) === "boolean";

  it("is reflected by its property, both ways", () => {
    const element = put() as AnnealSampleElement & Record<string, unknown>;
    const without = name === "seed" ? element.seed : absent(name);
    const value = isFlag ? true : "x";
    expect(element[name]).toBe(without);
    element.setAttribute(name, "x");
    expect(element[name]).toBe(value);
    element.removeAttribute(name);
    (element as Record<string, unknown>)[name] = value;
    expect(element.getAttribute(name)).toBe(isFlag ? "" : "x");
    (element as Record<string, unknown>)[name] = isFlag ? false : null;
    expect(element.hasAttribute(name)).toBe(false);
    expect(element[name]).toBe(without);
  });

  it("does what it says", async () => {
    const element = put();
    await told(element, "load");
    await EFFECTS[name](element);
  });
});

it.each([
  ["progress", ["stage", "done", "total"]],
  ["load", ["image"]],
  ["error", ["error"]],
])("sends %s, which does not bubble", async (name, keys) => {
  const element = put(name === "error" ? `seed="refused"` : "");
  const event = await told(element, name);
  expect(event).toBeInstanceOf(CustomEvent);
  expect(event.bubbles).toBe(false);
  expect(Object.keys(event.detail)).toEqual(keys);
});

it.each(["image", "progress", "error"])("has the part %s", (name) => {
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
  const element = put(`style="${name}: ${value}"`);
  expect(getComputedStyle(element.shadowRoot!.querySelector(selector)!).getPropertyValue(property)).toBe(value);
});

it("is declared for TypeScript as it is written", () => {
  expectTypeOf<Pick<AnnealSampleElement, Extract<keyof Declared.AnnealSampleElement, keyof AnnealSampleElement>>>().toExtend<
    Omit<Declared.AnnealSampleElement, "addEventListener" | "removeEventListener">
  >();
  expectTypeOf<Reflected>().toExtend<Pick<Declared.AnnealSampleElement, keyof Reflected>>();
  expectTypeOf<keyof Declared.AnnealSampleAttributes>().toEqualTypeOf<AttributeName>();
  expectTypeOf<Required<Pick<Declared.AnnealSampleAttributes, keyof Choices>>>().toExtend<{
    readonly [K in keyof Choices]: Choices[K] | undefined;
  }>();
  expectTypeOf<LoadDetail>().toExtend<Declared.LoadDetail>();
  expectTypeOf<ErrorDetail>().toEqualTypeOf<Declared.ErrorDetail>();
  expectTypeOf<ProgressDetail>().toEqualTypeOf<Declared.ProgressDetail>();
  expectTypeOf<HTMLElementTagNameMap["anneal-sample"]>().toEqualTypeOf<Declared.AnnealSampleElement>();
});
