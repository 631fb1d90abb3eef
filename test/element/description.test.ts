/** What README says that the element offers: properties, events, parts, styles. */
import { afterEach, expect, it } from "vitest";
import { ATTRIBUTE_NAMES, absent } from "../../worker/element/attributes.ts";
import { type AnnealSampleElement, register } from "../../worker/element/element.ts";

const IMAGE = { seed: "7", class: 1, label: "Bag", steps: 1, sampler: "heun", temperature: 1, guidance: 1, nfe: 1 } as const;

register(
  "table-sample",
  async ({ options }, { onProgress }) => {
    onProgress({ stage: "draw", done: 1, total: 1 });
    if (options.seed === "refused") throw new Error("no");
    return { ...IMAGE, width: 1, height: 1, channels: 1, pixels: new Uint8Array(1), png: new Uint8Array(3), isPixelated: false };
  },
  { server: `${location.origin}/` },
);

afterEach(() => document.body.replaceChildren());

function put(attributes = ""): AnnealSampleElement {
  document.body.innerHTML = `<table-sample ${attributes}></table-sample>`;
  return document.body.firstElementChild as AnnealSampleElement;
}

it("reflects each attribute by its property, both ways; null and false remove it", () => {
  for (const name of ATTRIBUTE_NAMES) {
    const element = put() as AnnealSampleElement & Record<string, unknown>;
    const without = name === "seed" ? element.seed : absent(name);
    const isFlag = without === false;
    expect([name, element[name]]).toEqual([name, without]);
    element.setAttribute(name, "x");
    expect([name, element[name]]).toEqual([name, isFlag ? true : "x"]);
    (element as Record<string, unknown>)[name] = isFlag ? false : null;
    expect([name, element.hasAttribute(name), element[name]]).toEqual([name, false, without]);
    (element as Record<string, unknown>)[name] = isFlag ? true : "x";
    expect([name, element.getAttribute(name)]).toEqual([name, isFlag ? "" : "x"]);
  }
});

it.each([
  ["progress", ["stage", "done", "total"]],
  ["load", ["image"]],
  ["error", ["error"]],
])("sends %s, which does not bubble", async (name, keys) => {
  const element = put(name === "error" ? `seed="refused"` : "");
  const event = await new Promise<CustomEvent>((resolve) => element.addEventListener(name, (sent) => resolve(sent as CustomEvent)));
  expect([event.bubbles, Object.keys(event.detail)]).toEqual([false, keys]);
});

it.each([
  ["::part(image)", "canvas", "outline-color"],
  ["::part(progress)", "progress", "outline-color"],
  ["::part(error)", "p", "outline-color"],
  ["--anneal-background", "canvas", "background-color"],
  ["--anneal-accent", "progress", "accent-color"],
  ["--anneal-rendering", "canvas", "image-rendering", "auto"],
])("is styled by %s", (name, selector, property, value = "rgb(1, 2, 3)") => {
  const rule = name.startsWith("::") ? `table-sample${name} { ${property}: ${value}; }` : `table-sample { ${name}: ${value}; }`;
  document.body.innerHTML = `<style>${rule}</style><table-sample></table-sample>`;
  const part = document.body.lastElementChild!.shadowRoot!.querySelector(selector)!;
  expect(getComputedStyle(part).getPropertyValue(property)).toBe(value);
});
