import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  type DrawingNetwork,
  inpaint,
  denoise as libraryDenoise,
  loadModel,
  modelVersion,
  type Runtime,
  type SampleOptions,
  sample,
  vary,
} from "../../wasm-model/index.ts";
import type { DrawingStep, DrawRequest, FromThread, ToThread } from "../../worker/widget/protocol.ts";
import { serve } from "../../worker/widget/serve.ts";
import { addsNothing, randomModelFile, TINY } from "../support/random-model.ts";

const FILE = randomModelFile(TINY, 1, "fp32");
const SERVER = "https://anneal.test";
const facts = (file: Uint8Array) => ({ bytes: file.length, sha256: bytesToHex(sha256(file)) });
const LISTED = ["tiny", "other"].map((name) => ({ name, version: modelVersion(FILE), ...facts(FILE) }));

/** Denoised images that are easy to know: the noisy ones pulled towards 0.4. */
const denoise = (x: Float32Array, sigma: number): Float32Array => x.map((value) => (value + 0.4 * sigma * sigma) / (1 + sigma * sigma));

class CountingRuntime implements Runtime {
  readonly name = "counting";
  loads = 0;
  broken = false;
  denoise: DrawingNetwork["denoise"] = denoise;

  async load(): Promise<DrawingNetwork> {
    this.loads++;
    if (this.broken) throw new Error("no memory");
    return { spec: TINY, denoise: (...args) => this.denoise(...args), enlarge: addsNothing, dispose() {} };
  }
}

let page: MessagePort;
let thread: MessagePort;
let runtime: CountingRuntime;
let received: FromThread[];
let notify: () => void;
/** The server: what it answers to each path, and the paths that it was asked. */
let answers: Map<string, () => Response>;
let asked: string[];

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
  const file = () => new Response(FILE);
  answers = new Map([
    ["/v1/models", () => Response.json({ models: LISTED })],
    ...LISTED.map(({ name, version }) => [`/v1/models/${name}@${version}/model.onnx`, file] as const),
  ]);
  asked = [];
  vi.spyOn(globalThis, "fetch").mockImplementation(async (url) => {
    const { origin, pathname } = new URL(String(url));
    asked.push(pathname);
    const answer = origin === SERVER ? answers.get(pathname) : undefined;
    if (!answer) throw new TypeError("Failed to fetch");
    return answer();
  });
  serve(thread, runtime);
});

afterEach(async () => {
  page.close();
  vi.restoreAllMocks();
  await caches.delete("anneal");
});

const send = (message: ToThread): void => page.postMessage(message);

function draw(id: number, request: Partial<DrawRequest> = {}): void {
  const whole = { server: SERVER, model: undefined, animate: false, options: { seed: "7" }, ...request };
  send({ type: "draw", id, request: whole });
}

/** The first message that fits, when it is there. */
async function message<T extends "step" | "image" | "error">(id: number, type: T): Promise<Extract<FromThread, { type: T }>> {
  for (;;) {
    const found = received.find((message) => message.type === type && "id" in message && message.id === id);
    if (found) return found as Extract<FromThread, { type: T }>;
    await new Promise<void>((resolve) => {
      notify = resolve;
    });
  }
}

const about = (id: number): FromThread[] => received.filter((message) => "id" in message && message.id === id);

const stepsTold = (): DrawingStep[] => received.flatMap((message) => (message.type === "step" ? [message.step] : []));

describe("serve", () => {
  it("draws the image that `sample` draws", async () => {
    const options = { seed: "7", class: "Class 1", steps: "3", sampler: "heun", size: "16" };
    draw(0, { options });
    const { png, ...image } = await sample(await loadModel(FILE, { runtime }), options);
    expect((await message(0, "image")).image).toEqual({ ...image, png: png() });
  });

  it("draws four times as large where an image is shown larger than native, unless it has a size or cannot be so large", async () => {
    const cases: [place: number | undefined, options: Partial<SampleOptions>, width: number][] = [
      [undefined, {}, 8],
      [8, {}, 8],
      [9, {}, 32],
      [9, { size: "16" }, 16],
      [9, { enlarge: "pixels" }, 8],
      [24, { n: 9, steps: 1 }, 24],
      [25, { n: 9, steps: 1 }, 96],
      [900, { n: 1024, steps: 1 }, 256 * 4],
    ];
    for (const [id, [place, options]] of cases.entries())
      draw(id, { options: { seed: "7", ...options }, ...(place !== undefined && { place }) });
    for (const [id, [, , width]] of cases.entries()) expect([id, (await message(id, "image")).image.width]).toEqual([id, width]);
  });

  it("reports each network evaluation, with a frame that becomes the image", async () => {
    draw(0, { animate: true, options: { seed: "7", steps: 6 } });
    const { image } = await message(0, "image");
    const steps = stepsTold();
    expect(steps.map(({ stage, done, total }) => [stage, done, total])).toEqual([1, 2, 3, 4, 5, 6].map((n) => ["draw", n, 6]));
    const distances = steps.map(({ frame }) => distance(frame!.noisy.pixels, image.pixels));
    expect(distances).toEqual(distances.toSorted((a, b) => b - a));
    expect(distances.at(-1)).toBeLessThan(distances[0] / 5);
    const sigmas = steps.map(({ frame }) => frame!.sigma);
    expect(sigmas).toEqual(sigmas.toSorted((a, b) => b - a));
    expect(distance(steps[0].frame!.denoised.pixels, image.pixels)).toBeLessThan(distances[0]);
    for (const { frame } of steps) expect(frame?.noise?.pixels.length).toBe(image.pixels.length);
  });

  it("varies and repaints images as the library does", async () => {
    const model = await loadModel(FILE, { runtime });
    const { width, height, channels, pixels } = await sample(model, { seed: "8" });
    const image = { width, height, channels, pixels };
    const mask = { width, height, channels: 1, pixels: new Uint8Array(width * height).fill(255, 0, 3 * width) };
    const asked = { server: SERVER, model: undefined, animate: false, image };
    send({ type: "draw", id: 0, request: { ...asked, operation: "vary", options: { seed: "7", strength: "0.3" } } });
    send({ type: "draw", id: 1, request: { ...asked, operation: "inpaint", options: { seed: "7" }, mask } });
    send({ type: "draw", id: 2, request: { ...asked, operation: "denoise", options: { sigma: "0.4" } } });
    const drawn = [
      await vary(model, { seed: "7", strength: "0.3", image }),
      await inpaint(model, { seed: "7", image, mask }),
      await libraryDenoise(model, { sigma: "0.4", image }),
    ];
    for (const [id, { pixels }] of drawn.entries()) expect((await message(id, "image")).image.pixels).toEqual(pixels);
  });

  it("sends no frames if nobody wants them, and at most 16 of a long drawing", async () => {
    draw(0, { options: { seed: "7", steps: 6 } });
    await message(0, "image");
    expect(stepsTold().map(({ frame }) => frame)).toEqual(Array(6).fill(undefined));
    received.length = 0;
    draw(1, { animate: true, options: { seed: "7", steps: 64 } });
    await message(1, "image");
    expect(stepsTold().filter(({ frame }) => frame)).toHaveLength(16);
    expect(stepsTold()).toHaveLength(64);
  });

  it("loads a model once, however many images are drawn from it, and answers in order", async () => {
    for (const id of [0, 1, 2]) draw(id, { options: { seed: String(id), steps: 1 } });
    await message(2, "image");
    expect(received.flatMap((message) => (message.type === "image" ? [message.id] : []))).toEqual([0, 1, 2]);
    expect(runtime.loads).toBe(1);
    expect(asked).toEqual(["/v1/models", `/v1/models/tiny@${LISTED[0].version}/model.onnx`]);
  });

  it("says that it is ready, and reports a model's download", async () => {
    draw(0, { model: "other" });
    await message(0, "image");
    expect(received[0]).toEqual({ type: "ready" });
    const progress = { stage: "download", done: FILE.length, total: FILE.length };
    expect(received.filter(({ type }) => type === "download").at(-1)).toEqual({
      type: "download",
      source: { server: SERVER, model: "other" },
      progress,
    });
  });

  it("draws without the server, once it has drawn with it", async () => {
    draw(0);
    await message(0, "image");
    answers.clear();
    serve(thread, runtime); // another visit
    draw(1);
    await message(1, "image");
    expect(runtime.loads).toBe(2);
  });

  it("draws with the server's current version", async () => {
    draw(0);
    await message(0, "image");
    const file = randomModelFile(TINY, 2, "fp32");
    const [name, version] = ["tiny", modelVersion(file)];
    answers.set("/v1/models", () => Response.json({ models: [{ name, version, ...facts(file) }] }));
    answers.set(`/v1/models/${name}@${version}/model.onnx`, () => new Response(file));
    serve(thread, runtime);
    draw(1);
    await message(1, "image");
    const kept = (await (await caches.open("anneal")).keys()).map(({ url }) => new URL(url).pathname);
    expect(kept.toSorted()).toEqual(["/v1/models", `/v1/models/tiny@${version}/model.onnx`]);
  });

  it("tries again, for the next request, to load a model that failed", async () => {
    runtime.broken = true;
    draw(0);
    expect(await message(0, "error")).toEqual({ type: "error", id: 0, message: "no memory", isRequest: false });
    runtime.broken = false;
    draw(1);
    await message(1, "image");
    expect(runtime.loads).toBe(2);
  });

  it("reports a model that cannot be fetched", async () => {
    answers.set(`/v1/models/tiny@${LISTED[0].version}/model.onnx`, () => new Response("another file"));
    draw(0);
    expect(await message(0, "error")).toMatchObject({ isRequest: false, message: expect.stringContaining("but received another") });
    draw(1, { server: "https://elsewhere.test" });
    expect(await message(1, "error")).toMatchObject({ isRequest: false, message: "Failed to fetch" });
  });

  it.each([
    [{ model: "nope" }, "Expected one of tiny, other for `model` but received nope"],
    [{ options: { seed: "7", steps: "0" } }, "Expected an integer from 1 to 64 for `steps` but received 0"],
    [
      { options: { seed: "7", class: "Zebra" } },
      "Expected an index from 0 to 2 or one of Class 0, Class 1, Class 2 for `label` but received Zebra",
    ],
  ])("distinguishes a wrong request from a device that cannot draw: %o", async (request, text) => {
    draw(0, request);
    expect(await message(0, "error")).toEqual({ type: "error", id: 0, message: text, isRequest: true });
  });

  it("draws with the model of a file, each file fetched once", async () => {
    const { png } = await sample(await loadModel(FILE, { runtime: new CountingRuntime() }), { seed: "7" });
    answers.set("/pets.onnx", () => new Response(FILE));
    for (const id of [0, 1]) {
      draw(id, { server: undefined, file: `${SERVER}/pets.onnx` });
      expect((await message(id, "image")).image.png).toEqual(png());
    }
    expect([asked, runtime.loads]).toEqual([["/pets.onnx"], 1]);
  });

  it("draws with the file if there is no service at the address, and only then", async () => {
    const file = `${SERVER}/pets.onnx`;
    answers.set("/pets.onnx", () => new Response(FILE));
    for (const [id, answer, drawn] of [
      [0, new Response("", { status: 503 }), "error"],
      [1, new Response("", { status: 404 }), "image"],
      [2, new Response("<!doctype html>"), "image"],
    ] as const) {
      answers.set("/v1/models", () => answer);
      draw(id, { server: `${SERVER}/?${id}`, file });
      await message(id, drawn);
    }
  });

  it.each([
    [{ model: "nope" }, FILE, "Expected random (a service has others) for `model` but received nope"],
    [{}, new Uint8Array(2 ** 24 + 1), `Expected a file of at most 16777216 bytes at ${SERVER}/pets.onnx but received more`],
    [{}, randomModelFile({ ...TINY, height: 1024, width: 1024 }, 1, "fp32"), "Expected a model of at most 1 GMAC an evaluation at "],
  ])("refuses another name, and a file that is too large: %o", async (request, file, text) => {
    answers.set("/pets.onnx", () => new Response(file));
    draw(0, { server: undefined, file: `${SERVER}/pets.onnx`, ...request });
    expect(await message(0, "error")).toMatchObject({ message: expect.stringContaining(text), isRequest: true });
  });

  it("stops an aborted drawing between two evaluations, and continues with the next", async () => {
    let evaluations = 0;
    runtime.denoise = (x, sigma) => {
      if (++evaluations === 2) send({ type: "abort", id: 0 });
      return denoise(x, sigma);
    };
    draw(0, { options: { seed: "7", steps: 64 } });
    draw(1, { options: { seed: "7", steps: 1 } });
    await message(1, "image");
    expect(evaluations).toBeLessThanOrEqual(2 + 1 + 1); // those before, at most one after, and that of the next drawing
    expect(about(0).filter(({ type }) => type !== "step")).toEqual([]);
  });
});

/** Root mean square difference. */
function distance(a: Uint8Array, b: Uint8Array): number {
  return Math.sqrt(a.reduce((sum, value, i) => sum + (value - b[i]) ** 2, 0) / a.length);
}
