import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Draw, DrawOptions } from "../../worker/drawing/device.ts";
import { type DrawnImage, type DrawRequest, RequestError } from "../../worker/drawing/protocol.ts";
import { ATTRIBUTE_NAMES, valueWhenAbsent } from "../../worker/element/attributes.ts";
import { type AnnealSample, type AnnealSampleElement, register } from "../../worker/element/element.ts";
import type { ErrorDetail, LoadDetail, ProgressDetail } from "../../worker/element/embed.d.ts";

/** A drawing that waits for the test to finish it. */
interface Drawing extends DrawOptions {
  readonly request: DrawRequest;
  finish(image?: Partial<DrawnImage>): void;
  fail(error: Error): void;
}

const drawings: Drawing[] = [];
const drawOnDevice: Draw = (request, options) =>
  new Promise((resolve, reject) => {
    options.signal.addEventListener("abort", () => reject(options.signal.reason));
    drawings.push({
      request,
      ...options,
      finish: (image) => resolve({ ...IMAGE, seed: String(request.options.seed), ...image }),
      fail: reject,
    });
  });

const IMAGE: DrawnImage = {
  seed: "7",
  class: 8,
  label: "Bag",
  steps: 8,
  sampler: "langevin",
  temperature: 1,
  guidance: 1,
  nfe: 8,
  width: 2,
  height: 1,
  channels: 1,
  pixels: new Uint8Array([10, 200]),
  png: async () => new Uint8Array([1, 2, 3]),
  isIndexed: false,
  isPixelated: false,
};

register("test-sample", drawOnDevice, { server: `${location.origin}/` });

beforeEach(() => {
  drawings.length = 0;
});

afterEach(() => document.body.replaceChildren());

/** Puts an element into the page; it has begun to draw, if it does so in its first turns. */
async function put(attributes = `seed="7"`): Promise<AnnealSampleElement> {
  const begun = drawings.length;
  document.body.innerHTML = `<test-sample ${attributes}></test-sample>`;
  for (let turn = 0; turn < 10 && drawings.length === begun; turn++) await settled();
  return document.body.firstElementChild as AnnealSampleElement;
}

/** Lets what waits for promises be done. */
const settled = (): Promise<unknown> => new Promise((resolve) => setTimeout(resolve));

/** Lets the browser lay the page out and tell who is in sight. */
async function frames(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((resolve) => requestAnimationFrame(resolve));
}

const inside = <T extends HTMLElement>(element: AnnealSample, selector: string): T => element.shadowRoot!.querySelector<T>(selector)!;
const canvasOf = (element: AnnealSample) => inside<HTMLCanvasElement>(element, "canvas");

/** Red, green, blue and opacity of each pixel. */
const pixelsOf = (canvas: HTMLCanvasElement): number[] => [
  ...canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height).data,
];

function eventOf<T>(element: AnnealSample, type: "progress" | "load" | "error"): Promise<T> {
  return new Promise((resolve, reject) => {
    const take = (event: Event) => (event.bubbles ? reject(new Error("it bubbles")) : resolve((event as CustomEvent<T>).detail));
    element.addEventListener(type, take, { once: true });
  });
}

it.each<[string, () => object]>([
  ["matchMedia", () => window],
  ["IntersectionObserver", () => window],
  ["part", () => Element.prototype],
  ["adoptedStyleSheets", () => Document.prototype],
])("shows its children and does nothing else where a DOM for tests lacks %s", async (name, where) => {
  const place = where();
  const kept = Object.getOwnPropertyDescriptor(place, name)!;
  delete (place as unknown as Record<string, unknown>)[name];
  const tag = `bare-${name.toLowerCase()}`;
  register(tag, drawOnDevice, {});
  Object.defineProperty(place, name, kept);
  document.body.innerHTML = `<${tag} seed="7">AB</${tag}>`;
  await settled();
  expect([customElements.get(tag), drawings.length, document.body.textContent]).toEqual([undefined, 0, "AB"]);
});

describe("<anneal-sample>", () => {
  it("chooses a seed if none is given, and keeps it; an empty one is asked for, and refused", async () => {
    const element = await put("");
    element.setAttribute("steps", "2");
    await put("");
    await put(`seed=""`);
    const seeds = drawings.map(({ request }) => String(request.options.seed));
    expect(seeds[0]).toMatch(/^[0-9a-f]{8}$/);
    expect(element.seed).toBe(seeds[0]);
    expect(seeds).toEqual([seeds[0], expect.not.stringMatching(seeds[0]), ""]);
  });

  it("is transparent where the image is, with nothing of its own behind it", async () => {
    const element = await put(`seed="7" background="transparent"`);
    expect(getComputedStyle(canvasOf(element)).backgroundColor).not.toBe("rgba(0, 0, 0, 0)");
    drawings[0].finish({ channels: 4, pixels: Uint8Array.of(10, 20, 30, 255, 10, 20, 30, 0) });
    await settled();
    expect(pixelsOf(canvasOf(element))).toEqual([10, 20, 30, 255, 0, 0, 0, 0]);
    expect(getComputedStyle(canvasOf(element)).backgroundColor).toBe("rgba(0, 0, 0, 0)");
  });

  it("shows pixel art with its pixels as they are, and other images smooth", async () => {
    const element = await put();
    for (const [i, isPixelated] of [true, false].entries()) {
      drawings[i].finish({ isPixelated });
      await settled();
      expect(getComputedStyle(canvasOf(element)).imageRendering).toBe(isPixelated ? "pixelated" : "auto");
      element.seed = "another";
      await settled();
    }
  });

  it("shows its progress while it draws", async () => {
    const element = await put(`seed="7" label="Bag"`);
    const progress = inside<HTMLProgressElement>(element, "progress");
    expect(canvasOf(element)).toMatchObject({ role: "img", ariaLabel: "Generated image of Bag" });
    expect([progress.checkVisibility(), progress.ariaLabel, progress.position]).toEqual([true, "Drawing: Generated image of Bag", -1]);
    const told = eventOf<ProgressDetail>(element, "progress");
    drawings[0].onProgress({ stage: "draw", done: 2, total: 8 });
    expect(progress.position).toBe(0.25);
    expect(await told).toEqual({ stage: "draw", done: 2, total: 8 });
    drawings[0].finish();
    await settled();
    expect(progress.checkVisibility()).toBe(false);
  });

  it("shows the noisy image becoming clear if asked to, slowly enough to be seen", async () => {
    const element = await put(`seed="7" animated`);
    expect(drawings[0].request.animate).toBe(true);
    const load = vi.fn();
    element.addEventListener("load", load);
    const colour = { width: 1, height: 1, channels: 3, pixels: new Uint8Array([1, 2, 3]) };
    const grey = { width: 1, height: 1, channels: 1, pixels: new Uint8Array([9]) };
    drawings[0].onProgress({ stage: "draw", done: 1, total: 2, frame: { sigma: 2, noisy: colour, denoised: grey } });
    drawings[0].onProgress({ stage: "draw", done: 2, total: 2, frame: { sigma: 1, noisy: grey, denoised: colour } });
    drawings[0].finish();
    await settled();
    expect(pixelsOf(canvasOf(element))).toEqual([1, 2, 3, 255]);
    await vi.waitFor(() => expect(pixelsOf(canvasOf(element))).toEqual([9, 9, 9, 255]));
    expect(load).not.toHaveBeenCalled();
    await vi.waitFor(() => expect(load).toHaveBeenCalled());
    expect(pixelsOf(canvasOf(element))).toHaveLength(8);
  });

  it("shows no noise to people who prefer reduced motion, and no moving bar", async () => {
    vi.spyOn(window, "matchMedia").mockImplementation((query) => ({ matches: query.includes("reduced-motion: reduce") }) as MediaQueryList);
    const element = await put(`seed="7" animated`);
    expect(drawings[0].request.animate).toBe(false);
    const progress = inside<HTMLProgressElement>(element, "progress");
    expect(progress.position).toBe(0);
    drawings[0].onProgress({ stage: "draw", done: 1, total: 8 });
    expect(progress.value).toBe(1);
  });

  it("shows the finished image and describes it", async () => {
    const element = await put();
    const load = eventOf<LoadDetail>(element, "load");
    drawings[0].finish();
    expect(await load).toEqual({ image: IMAGE });
    expect(element.getAttributeNames()).toEqual(["seed"]); // React would find an attribute that its server did not render
    expect(pixelsOf(canvasOf(element))).toEqual([10, 10, 10, 255, 200, 200, 200, 255]);
    expect(canvasOf(element).ariaLabel).toBe("Generated image of Bag"); // not the seed, which may be 32 digits
    expect(new Uint8Array(await (await element.toBlob()).arrayBuffer())).toEqual(new Uint8Array([1, 2, 3]));
    expect((await element.toBlob()).type).toBe("image/png");
  });

  it("makes one drawing for attributes that change together, and aborts the one before", async () => {
    const element = await put();
    element.setAttribute("seed", "8");
    element.setAttribute("steps", "3");
    element.setAttribute("steps", "3");
    await settled();
    expect(drawings.map(({ request, signal }) => [request.options, signal.aborted])).toEqual([
      [{ seed: "7" }, true],
      [{ seed: "8", steps: "3" }, false],
    ]);
  });

  it("gives the PNG of the new image if an attribute changes meanwhile", async () => {
    const element = await put();
    const png = element.toBlob();
    element.setAttribute("seed", "8");
    await settled();
    drawings[1].finish({ png: async () => new Uint8Array([8]) });
    expect(new Uint8Array(await (await png).arrayBuffer())).toEqual(new Uint8Array([8]));
  });

  it("stops when it leaves the page, and starts again when it comes back", async () => {
    const element = await put();
    const png = element.toBlob();
    element.remove();
    expect(drawings[0].signal.aborted).toBe(true);
    await expect(png).rejects.toThrow("abort");
    await expect(element.toBlob()).rejects.toThrow("to be in a page but it is not");
    document.body.append(element);
    await settled();
    expect(drawings).toHaveLength(2);
  });

  it("reports what is wrong with a request, and draws again for who asks for the file", async () => {
    const logged = vi.spyOn(console, "error");
    const element = await put();
    const event = eventOf<ErrorDetail>(element, "error");
    const error = new RequestError("invalid-value", "label", "Expected an index for `label`");
    drawings[0].fail(error);
    expect((await event).error).toBe(error);
    expect(logged).toHaveBeenCalledWith("<anneal-sample>:", error);
    const again = element.toBlob();
    await settled();
    drawings[1].finish();
    expect((await again).size).toBe(3);
  });

  it("tells visitors in a plain sentence that there is no image, and only the console why", async () => {
    const logged = vi.spyOn(console, "error");
    const element = await put(`seed="7" size="56"`);
    drawings[0].fail(new Error("no WebAssembly"));
    await vi.waitFor(() => expect(logged).toHaveBeenCalled());
    const sentence = inside(element, "[part=error]");
    expect([sentence.textContent, sentence.title, sentence.checkVisibility()]).toEqual(["This image could not be drawn.", "", true]);
    expect(sentence.role).toBe(null); // a hundred alerts would be read aloud at once
    expect(sentence.scrollHeight).toBeLessThanOrEqual(sentence.clientHeight);
    expect(element.offsetWidth).toBe(56); // nothing moves
    const seen = () => (sentence.firstElementChild as HTMLElement).offsetWidth;
    expect(seen()).toBeLessThan(2); // it is read to those who do not see
    element.style.inlineSize = "80px";
    expect(seen()).toBeGreaterThan(40);
    expect(String(logged.mock.calls[0][1])).toContain("no WebAssembly");
  });

  it("shows no bar over a child that stands in for the image, even one that comes later", async () => {
    const child = `<img alt="The edge's" src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">`;
    document.body.innerHTML = `<test-sample seed="7">${child}</test-sample><test-sample seed="8"></test-sample><test-sample><noscript>No</noscript><svg aria-hidden="true"></svg></test-sample>`;
    const bars = () => [...document.body.children].map((element) => inside(element as AnnealSample, "progress").checkVisibility());
    await vi.waitFor(() => expect(bars()).toEqual([false, true, true])); // each element begins in a turn of its own
    document.body.children[1].innerHTML = child;
    await settled();
    expect(bars()).toEqual([false, false, true]);
    drawings[0].finish();
    await settled();
    document.body.children[0].setAttribute("seed", "9"); // the image from before stands, no child
    await settled();
    expect(bars()).toEqual([true, false, true]);
    document.body.children[2].append("AB");
    await settled();
    expect(bars()).toEqual([true, false, false]);
  });

  it("draws a lazy element when it comes near the viewport", async () => {
    document.body.innerHTML = `<div style="block-size: 5000px"></div><test-sample seed="7" loading="lazy"></test-sample>`;
    const element = document.body.lastElementChild as AnnealSampleElement;
    await frames(3);
    expect(drawings).toEqual([]);
    element.scrollIntoView();
    await vi.waitFor(() => expect(drawings).toHaveLength(1));
  });

  it.each<[string, (element: AnnealSampleElement) => unknown]>([
    ["toBlob()", (element) => element.toBlob().catch(() => undefined)],
    ["`loading`", (element) => element.setAttribute("loading", "eager")],
  ])("draws a lazy element far away if %s asks for it", async (_what, ask) => {
    const element = await put(`seed="7" loading="lazy" hidden`);
    ask(element);
    await vi.waitFor(() => expect(drawings).toHaveLength(1));
  });

  it("shows its child until the image is shown, and in place of a sentence if there is none", async () => {
    document.body.innerHTML = `<test-sample seed="7"><img alt="The edge's" src="data:image/gif;base64,R0lGODlhAQABAAAAACw="></test-sample>`;
    const element = document.body.firstElementChild as AnnealSampleElement;
    const child = element.firstElementChild!;
    await settled();
    expect(child.checkVisibility()).toBe(true);
    expect(canvasOf(element)).toMatchObject({ role: "presentation", ariaLabel: null }); // the child is read
    drawings[0].finish();
    await settled();
    expect(child.checkVisibility()).toBe(false);
    expect(canvasOf(element)).toMatchObject({ role: "img", ariaLabel: "Generated image of Bag" });
    element.steps = "0";
    await settled();
    drawings[1].fail(new Error("no"));
    await settled();
    expect(child.checkVisibility()).toBe(true);
    expect([canvasOf(element), inside(element, "[part=error]")].map((part) => part.checkVisibility())).toEqual([false, false]);
    element.steps = "3";
    await settled();
    drawings[2].finish();
    await settled();
    expect([canvasOf(element).checkVisibility(), child.checkVisibility()]).toEqual([true, false]);
  });

  it.each<[string, (element: HTMLElement) => void]>([
    [
      "is no longer hidden",
      (element) => {
        element.style.inlineSize = "100px";
        element.hidden = false;
      },
    ],
    ["grows", (element) => element.style.setProperty("inline-size", "200px")],
  ])("draws the image once more, larger, when its place %s, without another event", async (when, show) => {
    const element = await put(`seed="7" ${when === "grows" ? "" : "hidden "}style="inline-size: 20px"`);
    const load = vi.fn();
    element.addEventListener("load", load);
    drawings[0].finish({ largerAbove: 20 * devicePixelRatio });
    await vi.waitFor(() => expect(load).toHaveBeenCalled());
    await frames(3);
    expect(drawings).toHaveLength(1);
    show(element);
    await vi.waitFor(() => expect(drawings).toHaveLength(2));
    expect(inside(element, "progress").checkVisibility()).toBe(false);
    element.style.inlineSize = "220px";
    await frames(3);
    drawings[1].finish({ width: 4, pixels: new Uint8Array([1, 2, 3, 4]), png: async () => new Uint8Array([8]) });
    await vi.waitFor(() => expect(canvasOf(element).width).toBe(4));
    expect(new Uint8Array(await (await element.toBlob()).arrayBuffer())).toEqual(new Uint8Array([8]));
    for (const width of ["10px", "240px"]) {
      element.style.inlineSize = width;
      await frames(3);
    }
    expect([drawings.length, load.mock.calls.length]).toEqual([2, 1]);
  });

  it("keeps the smaller image, with a warning, if the larger one cannot be drawn", async () => {
    const warned = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const element = await put();
    drawings[0].finish({ largerAbove: 4 });
    await vi.waitFor(() => expect(drawings).toHaveLength(2));
    drawings[1].fail(new Error("no memory"));
    await vi.waitFor(() => expect(warned).toHaveBeenCalled());
    expect([canvasOf(element).checkVisibility(), drawings.length]).toEqual([true, 2]);
  });

  it("is named by `alt` if there is one, and is not an image to assistive technology if that is empty", async () => {
    const element = await put(`seed="7" alt="Our cat"`);
    expect(canvasOf(element)).toMatchObject({ role: "img", ariaLabel: "Our cat" });
    element.alt = "";
    expect(canvasOf(element)).toMatchObject({ role: "presentation", ariaLabel: null });
    expect(drawings).toHaveLength(1);
  });

  it("has a size from the start: its own, that of `size` or the page's", async () => {
    const width = async (attributes: string) => (await put(attributes)).getBoundingClientRect();
    expect(await width("")).toMatchObject({ width: 112, height: 112 });
    expect(await width(`size="56"`)).toMatchObject({ width: 56, height: 56 });
    expect(await width(`size="big"`)).toMatchObject({ width: 112, height: 112 });
    expect(await width(`size="9999"`)).toMatchObject({ width: 112, height: 112 });
    expect(await width(`size="56" style="inline-size: 90px"`)).toMatchObject({ width: 90, height: 90 });
    expect(await width("hidden")).toMatchObject({ width: 0, height: 0 });
  });
});

describe("what README offers", () => {
  it("reflects each attribute by its property, both ways; null and false remove it", async () => {
    for (const name of ATTRIBUTE_NAMES) {
      const element = (await put("")) as AnnealSampleElement & Record<string, unknown>;
      const without = name === "seed" ? element.seed : valueWhenAbsent(name);
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
    ["::part(image)", "canvas", "outline-color"],
    ["::part(progress)", "progress", "outline-color"],
    ["::part(error)", "p", "outline-color"],
    ["--anneal-background", "canvas", "background-color"],
    ["--anneal-accent", "progress", "accent-color"],
    ["--anneal-rendering", "canvas", "image-rendering", "auto"],
  ])("is styled by %s", async (name, selector, property, value = "rgb(1, 2, 3)") => {
    const element = await put();
    const rule = name.startsWith("::") ? `test-sample${name} { ${property}: ${value}; }` : `test-sample { ${name}: ${value}; }`;
    element.before(Object.assign(document.createElement("style"), { textContent: rule }));
    expect(getComputedStyle(inside(element, selector)).getPropertyValue(property)).toBe(value);
  });
});
