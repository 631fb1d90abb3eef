import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Denoiser, loadModel, type Runtime, sample } from "../../wasm-model/index.ts";
import type { DrawRequest, FromThread, ToThread } from "../../worker/widget/protocol.ts";
import { type Runtimes, serve } from "../../worker/widget/serve.ts";
import { randomModelFile, TINY } from "../support/random-model.ts";

const FILE = randomModelFile(TINY, 1, "fp32");
const MODEL = URL.createObjectURL(new Blob([FILE]));

/** Denoised images that are easy to know: the noisy ones pulled towards 0.4. */
const denoise = (x: Float32Array, sigma: number): Float32Array => x.map((value) => (value + 0.4 * sigma * sigma) / (1 + sigma * sigma));

class CountingRuntime implements Runtime {
  readonly name = "counting";
  loads = 0;
  broken = false;
  denoise: Denoiser["denoise"] = denoise;

  async load(): Promise<Denoiser> {
    this.loads++;
    if (this.broken) throw new Error("no memory");
    return { spec: TINY, denoise: (...args) => this.denoise(...args), dispose() {} };
  }
}

let page: MessagePort;
let thread: MessagePort;
let runtime: CountingRuntime;
let received: FromThread[];
let notify: () => void;

beforeEach(() => {
  const { port1, port2 } = new MessageChannel();
  [page, thread] = [port1, port2];
  runtime = new CountingRuntime();
  received = [];
  notify = () => undefined;
  page.onmessage = ({ data }) => {
    received.push(data);
    notify();
  };
  start({ counting: async () => runtime });
});

afterEach(() => page.close());

function start(runtimes: Runtimes): void {
  serve(thread, runtimes);
}

const send = (message: ToThread): void => page.postMessage(message);

function draw(id: number, request: Partial<DrawRequest> = {}): void {
  send({ type: "draw", id, request: { model: MODEL, runtime: "counting", options: { seed: "7" }, ...request } });
}

/** The first message that fits, when it is there. */
async function message<T extends FromThread["type"]>(id: number, type: T): Promise<Extract<FromThread, { type: T }>> {
  for (;;) {
    const found = received.find((message) => message.id === id && message.type === type);
    if (found) return found as Extract<FromThread, { type: T }>;
    await new Promise<void>((resolve) => {
      notify = resolve;
    });
  }
}

describe("serve", () => {
  it("draws the image that `sample` draws", async () => {
    const options = { seed: "7", class: "Class 1", steps: "3", sampler: "euler", size: "16" };
    draw(0, { options });
    const { png, ...image } = await sample(await loadModel(FILE, { runtime }), options);
    expect((await message(0, "image")).image).toEqual({ ...image, png: png() });
  });

  it("tells each network evaluation, with a preview that becomes the image", async () => {
    draw(0, { options: { seed: "7", steps: 6 } });
    const { image } = await message(0, "image");
    const steps = received.filter((message) => message.type === "step").map(({ step }) => step);
    expect(steps.map(({ evaluations, nfe }) => [evaluations, nfe])).toEqual([1, 2, 3, 4, 5, 6].map((n) => [n, 6]));
    const distances = steps.map(({ preview }) => distance(preview.pixels, image.pixels));
    expect(distances).toEqual(distances.toSorted((a, b) => b - a));
    expect(distances.at(-1)).toBeLessThan(distances[0] / 5);
  });

  it("shows pure noise with the contrast of images, neither flat nor black and white", async () => {
    draw(0, { options: { seed: "7", steps: 6 } });
    const { pixels } = (await message(0, "step")).step.preview;
    expect(deviation(pixels)).toBeGreaterThan(0.7 * TINY.sigmaData * 127.5);
    expect(pixels.filter((value) => value === 0 || value === 255).length).toBeLessThan(pixels.length / 4);
  });

  it("loads a model once, however many images are drawn from it, and answers in order", async () => {
    for (const id of [0, 1, 2]) draw(id, { options: { seed: String(id), steps: 1 } });
    await message(2, "image");
    expect(received.filter(({ type }) => type === "image").map(({ id }) => id)).toEqual([0, 1, 2]);
    expect(runtime.loads).toBe(1);
  });

  it("tries a model that could not be loaded again for the next request", async () => {
    runtime.broken = true;
    draw(0);
    expect(await message(0, "error")).toEqual({ type: "error", id: 0, message: "no memory", isRequest: false });
    runtime.broken = false;
    draw(1);
    await message(1, "image");
    expect(runtime.loads).toBe(2);
  });

  it("tells when a model does not come", async () => {
    draw(0, { model: "data:,nothing" });
    expect(await message(0, "error")).toMatchObject({ isRequest: false });
  });

  it("fetches a runtime when it is first asked for, and no other", async () => {
    const fetched: string[] = [];
    const fetching = (name: string) => async () => {
      fetched.push(name);
      return runtime;
    };
    start({ one: fetching("one"), two: fetching("two") });
    draw(0, { runtime: "two" });
    await message(0, "image");
    draw(1, { runtime: "two" });
    await message(1, "image");
    expect(fetched).toEqual(["two"]);
  });

  it.each([
    [{ runtime: "abacus" }, "Expected one of counting for `runtime` but received abacus"],
    [{ runtime: "toString" }, "Expected one of counting for `runtime` but received toString"],
    [{ options: { seed: "7", steps: "0" } }, "Expected an integer from 1 to 64 for `steps` but received 0"],
    [
      { options: { seed: "7", class: "Zebra" } },
      "Expected an index from 0 to 2 or one of Class 0, Class 1, Class 2 for `class` but received Zebra",
    ],
  ])("tells a wrong request from a device that cannot: %o", async (request, text) => {
    draw(0, request);
    expect(await message(0, "error")).toEqual({ type: "error", id: 0, message: text, isRequest: true });
  });

  it("tells what a runtime died of, and goes on", async () => {
    runtime.denoise = () => {
      throw new Error("out of memory");
    };
    draw(0);
    expect(await message(0, "error")).toEqual({ type: "error", id: 0, message: "out of memory", isRequest: false });
    runtime.denoise = denoise;
    draw(1);
    await message(1, "image");
  });

  it("stops a drawing that is aborted, between two evaluations, and goes on with the next", async () => {
    let evaluations = 0;
    runtime.denoise = (x, sigma) => {
      if (++evaluations === 2) send({ type: "abort", id: 0 });
      return denoise(x, sigma);
    };
    draw(0, { options: { seed: "7", steps: 64 } });
    draw(1, { options: { seed: "7", steps: 1 } });
    await message(1, "image");
    expect(evaluations).toBeLessThan(64);
    expect(received.filter(({ id, type }) => id === 0 && type !== "step")).toEqual([]);
  });

  it("does not begin a drawing that is aborted while it waits", async () => {
    draw(0, { options: { seed: "7", steps: 2 } });
    draw(1, { options: { seed: "7", steps: 2 } });
    send({ type: "abort", id: 1 });
    draw(2, { options: { seed: "7", steps: 2 } });
    await message(2, "image");
    expect(received.filter(({ id }) => id === 1)).toEqual([]);
  });
});

/** Root mean square difference. */
function distance(a: Uint8Array, b: Uint8Array): number {
  return Math.sqrt(a.reduce((sum, value, i) => sum + (value - b[i]) ** 2, 0) / a.length);
}

function deviation(values: Uint8Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}
