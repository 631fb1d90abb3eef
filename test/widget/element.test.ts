import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Draw, DrawOptions } from "../../worker/widget/device.ts";
import { AnnealSample, type ErrorDetail, type LoadDetail } from "../../worker/widget/element.ts";
import { type DrawnImage, type DrawRequest, RequestError } from "../../worker/widget/protocol.ts";

/** A drawing that waits for the test to finish it. */
interface Drawing extends DrawOptions {
  readonly request: DrawRequest;
  finish(image?: Partial<DrawnImage>): void;
  fail(error: Error): void;
}

const drawings: Drawing[] = [];
const draw: Draw = (request, options) =>
  new Promise((resolve, reject) => {
    options.signal.addEventListener("abort", () => reject(options.signal.reason));
    drawings.push({
      request,
      ...options,
      finish: (image) => resolve({ ...IMAGE, seed: request.options.seed, ...image }),
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
  png: new Uint8Array([1, 2, 3]),
};

customElements.define(
  "test-sample",
  class extends AnnealSample {
    protected override readonly draw = draw;
    protected override readonly home = location.origin;
  },
);

beforeEach(() => {
  drawings.length = 0;
});

afterEach(() => {
  document.body.replaceChildren();
  vi.restoreAllMocks();
});

/** Puts an element into the page; it has begun to draw. */
async function put(attributes = `seed="7"`): Promise<AnnealSample> {
  document.body.innerHTML = `<test-sample ${attributes}></test-sample>`;
  await settled();
  return document.body.firstElementChild as AnnealSample;
}

/** Lets what waits for promises be done. */
const settled = (): Promise<unknown> => new Promise((resolve) => setTimeout(resolve));

const inside = <T extends HTMLElement>(element: AnnealSample, selector: string): T => element.shadowRoot!.querySelector<T>(selector)!;
const canvasOf = (element: AnnealSample) => inside<HTMLCanvasElement>(element, "canvas");

/** Red, green, blue and opacity of each pixel. */
const pixelsOf = (canvas: HTMLCanvasElement): number[] => [
  ...canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height).data,
];

function eventOf<T>(element: AnnealSample, type: "load" | "error"): Promise<T> {
  return new Promise((resolve) => element.addEventListener(type, (event) => resolve((event as CustomEvent<T>).detail), { once: true }));
}

describe("<anneal-sample>", () => {
  it("draws what its attributes ask for", async () => {
    await put(`seed="7" class="Bag" steps="3" sampler="euler" size="56" runtime="other" title="not an option"`);
    expect(drawings.map(({ request }) => request)).toEqual([
      {
        model: `${location.origin}/model.onnx`,
        runtime: "other",
        options: { seed: "7", class: "Bag", steps: "3", sampler: "euler", size: "56" },
      },
    ]);
  });

  it("chooses a seed of its own where none is given, and keeps it", async () => {
    const element = await put("");
    element.setAttribute("steps", "2");
    await put("");
    const seeds = drawings.map(({ request }) => request.options.seed);
    expect(seeds[0]).toMatch(/^[0-9a-f]{8}$/);
    expect(seeds).toEqual([seeds[0], expect.not.stringMatching(seeds[0])]);
  });

  it("is busy while it draws, and says how far it is", async () => {
    const element = await put(`seed="7" class="Bag"`);
    const progress = inside<HTMLProgressElement>(element, "progress");
    expect(canvasOf(element)).toMatchObject({ role: "img", ariaBusy: "true", ariaLabel: "Sample of Bag, seed 7" });
    expect([progress.checkVisibility(), progress.ariaLabel, progress.position]).toEqual([true, "Drawing: Sample of Bag, seed 7", -1]);
    drawings[0].onStep({ evaluations: 2, nfe: 8, preview: IMAGE });
    expect(progress.position).toBe(0.25);
    drawings[0].finish();
    await settled();
    expect(canvasOf(element).ariaBusy).toBe("false");
    expect(progress.checkVisibility()).toBe(false);
  });

  it("shows the noisy image as it becomes clear", async () => {
    const element = await put();
    drawings[0].onStep({ evaluations: 1, nfe: 8, preview: { width: 1, height: 1, channels: 3, pixels: new Uint8Array([1, 2, 3]) } });
    expect(pixelsOf(canvasOf(element))).toEqual([1, 2, 3, 255]);
    drawings[0].onStep({ evaluations: 2, nfe: 8, preview: { width: 1, height: 1, channels: 1, pixels: new Uint8Array([9]) } });
    expect(pixelsOf(canvasOf(element))).toEqual([9, 9, 9, 255]);
  });

  it("shows no noise to people who prefer reduced motion", async () => {
    vi.spyOn(window, "matchMedia").mockImplementation((query) => ({ matches: query.includes("reduced-motion: reduce") }) as MediaQueryList);
    const element = await put();
    drawings[0].onStep({ evaluations: 1, nfe: 8, preview: IMAGE });
    expect(new Set(pixelsOf(canvasOf(element)))).toEqual(new Set([0]));
    expect(inside<HTMLProgressElement>(element, "progress").value).toBe(1);
  });

  it("shows the finished image, describes it and says who drew it", async () => {
    const element = await put();
    const load = eventOf<LoadDetail>(element, "load");
    expect(element.hasAttribute("rendered-by")).toBe(false);
    drawings[0].finish();
    expect(await load).toEqual({ renderedBy: "device", image: IMAGE });
    expect(element.getAttribute("rendered-by")).toBe("device");
    expect(pixelsOf(canvasOf(element))).toEqual([10, 10, 10, 255, 200, 200, 200, 255]);
    expect(canvasOf(element).ariaLabel).toBe("Sample of Bag, seed 7");
    expect(new Uint8Array(await (await element.png()).arrayBuffer())).toEqual(IMAGE.png);
    expect((await element.png()).type).toBe("image/png");
  });

  it("makes one drawing of attributes that change together, and aborts the one before", async () => {
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

  it("draws nothing anew when an attribute is set to what it is", async () => {
    const element = await put();
    element.setAttribute("seed", "7");
    await settled();
    expect(drawings).toHaveLength(1);
  });

  it("tells nothing of an aborted drawing", async () => {
    const element = await put();
    const told = vi.fn();
    for (const type of ["load", "error"]) element.addEventListener(type, told);
    element.setAttribute("seed", "8");
    await settled();
    expect(told).not.toHaveBeenCalled();
    expect(inside(element, "p").checkVisibility()).toBe(false);
  });

  it("gives the PNG of the new image when an attribute changes meanwhile", async () => {
    const element = await put();
    const png = element.png();
    element.setAttribute("seed", "8");
    await settled();
    drawings[1].finish({ png: new Uint8Array([8]) });
    expect(new Uint8Array(await (await png).arrayBuffer())).toEqual(new Uint8Array([8]));
  });

  it("stops when it leaves the page, and starts again when it comes back", async () => {
    const element = await put();
    const png = element.png();
    element.remove();
    expect(drawings[0].signal.aborted).toBe(true);
    await expect(png).rejects.toThrow("abort");
    await expect(element.png()).rejects.toThrow("in none");
    document.body.append(element);
    await settled();
    expect(drawings).toHaveLength(2);
  });

  it("keeps a finished image when it is moved", async () => {
    const element = await put();
    drawings[0].finish();
    await settled();
    document.body.append(document.createElement("div"));
    document.body.append(element);
    await settled();
    expect(drawings).toHaveLength(1);
    expect((await element.png()).size).toBe(3);
  });

  it("draws anew when it comes back with other attributes", async () => {
    const element = await put();
    drawings[0].finish();
    await settled();
    element.remove();
    element.setAttribute("seed", "8");
    document.body.append(element);
    await settled();
    expect(drawings.map(({ request }) => request.options.seed)).toEqual(["7", "8"]);
  });

  it("tells what is wrong with a request, and does not ask the edge", async () => {
    const element = await put();
    const event = eventOf<ErrorDetail>(element, "error");
    const error = new RequestError("Expected an integer");
    drawings[0].fail(error);
    expect((await event).error).toBe(error);
    expect(inside(element, "[role=alert]")).toMatchObject({ textContent: "Expected an integer", hidden: false });
    expect(inside<HTMLImageElement>(element, "img").src).toBe("");
    await expect(element.png()).rejects.toBe(error);
  });

  it("takes the problem away when the next image is drawn", async () => {
    const element = await put();
    drawings[0].fail(new RequestError("no"));
    await settled();
    element.setAttribute("seed", "8");
    await settled();
    expect(inside(element, "[role=alert]").checkVisibility()).toBe(false);
    expect(canvasOf(element).checkVisibility()).toBe(true);
  });

  it("tells why the device could not draw when the edge cannot either", async () => {
    const element = await put();
    const event = eventOf<ErrorDetail>(element, "error");
    const cause = new Error("no WebAssembly");
    drawings[0].fail(cause);
    const { error } = await event;
    expect(error.message).toBe(`Expected an image at ${location.origin}/sample?seed=7 but received none`);
    expect(error.cause).toBe(cause);
  });

  it("has a size from the start, its own, that of `size` or the page's", async () => {
    const width = async (attributes: string) => (await put(attributes)).getBoundingClientRect();
    expect(await width("")).toMatchObject({ width: 112, height: 112 });
    expect(await width(`size="56"`)).toMatchObject({ width: 56, height: 56 });
    expect(await width(`size="big"`)).toMatchObject({ width: 112, height: 112 });
    expect(await width(`size="56" style="inline-size: 90px"`)).toMatchObject({ width: 90, height: 90 });
    expect(await width("hidden")).toMatchObject({ width: 0, height: 0 });
  });

  it("keeps pixels sharp", async () => {
    for (const selector of ["canvas", "img"]) expect(getComputedStyle(inside(await put(), selector)).imageRendering).toBe("pixelated");
  });
});
