import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Denoiser, inpaint, loadModel, type Runtime, type SampleOptions, sample, vary } from "../../wasm-model/index.ts";
import { headIn } from "../../wasm-model/model/onnx/reader.ts";
import {
  type DrawingStep,
  type DrawRequest,
  type ProgressDetail,
  RequestError,
  rethrow,
  type SampleRequest,
  sourceKey,
  type ThreadCalls,
  type ThreadImage,
} from "../../worker/drawing/protocol.ts";
import { type Caller, type CallOptions, caller } from "../../worker/drawing/rpc.ts";
import { serve } from "../../worker/drawing/serve.ts";
import { addsNothing, randomModelFile, TINY } from "../support/random-model.ts";

const FILE = randomModelFile(TINY, 1, "fp32");
const SERVER = "https://anneal.test";
const LISTED = ["tiny", "other"].map((name) => ({ name, ...headIn(FILE), bytes: FILE.length }));

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
    return { spec: TINY, denoise: (...args) => this.denoise(...args), enlarge: addsNothing, dispose: () => undefined };
  }
}

let page: MessagePort;
let thread: MessagePort;
let runtime: CountingRuntime;
let call: Caller<ThreadCalls>;
/** The server: what it answers to each path, and the paths that it was asked. */
let answers: Map<string, (signal: AbortSignal | undefined) => Response>;
let asked: string[];
/** The sources whose models are loaded. */
let loaded: Set<string>;

beforeEach(() => {
  const { port1, port2 } = new MessageChannel();
  [page, thread] = [port1, port2];
  runtime = new CountingRuntime();
  ({ call } = caller<ThreadCalls>(page));
  const file = () => new Response(FILE);
  answers = new Map([
    ["/v1/models", () => Response.json({ models: LISTED })],
    ...LISTED.map(({ name, version }) => [`/v1/models/${name}@${version}/model.onnx`, file] as const),
  ]);
  asked = [];
  loaded = new Set();
  const realFetch = fetch;
  vi.spyOn(globalThis, "fetch").mockImplementation(async (url, init) => {
    if (String(url).startsWith("blob:")) return realFetch(url, init);
    const { origin, pathname } = new URL(String(url));
    asked.push(pathname);
    const answer = origin === SERVER ? answers.get(pathname) : undefined;
    if (!answer) throw new TypeError("Failed to fetch");
    return answer(init?.signal ?? undefined);
  });
  serve(thread, runtime);
});

afterEach(() => page.close());

/** Draws as the page does, which loads each model first. */
async function ask(request: DrawRequest, options: Partial<CallOptions<DrawingStep>> = {}): Promise<ThreadImage> {
  const { server, file, model } = request;
  const key = sourceKey(request);
  if (!loaded.has(key)) await call("load", { server, file, model }, options).catch(rethrow);
  loaded.add(key);
  return call("draw", request, options).catch(rethrow);
}

const draw = (request: Partial<SampleRequest> = {}, options: Partial<CallOptions<DrawingStep>> = {}): Promise<ThreadImage> =>
  ask(
    { server: SERVER, model: undefined, operation: "sample", animate: false, options: { seed: "7" }, ...request },
    options,
  ) as Promise<ThreadImage>;

describe("serve", () => {
  it("draws the image that `sample` draws", async () => {
    const options = { seed: "7", class: "Class 1", steps: "3", sampler: "heun", size: "16" } as const;
    const model = await loadModel(FILE, { runtime });
    const { png, ...image } = await sample(model, options);
    const drawn = await draw({ options });
    expect(drawn).toEqual({ ...image, ...{ isIndexed: false, isPixelated: false, largerAbove: undefined } });
    expect(await call("encode", { recipe: undefined, ...drawn })).toEqual(png());
  });

  it("draws four times as large where an image is shown larger than native, unless it has a size or cannot be so large", async () => {
    const cases: [screenWidth: number | undefined, options: Partial<SampleOptions>, width: number, largerAbove?: number][] = [
      [undefined, {}, 8, 8],
      [8, {}, 8, 8],
      [9, {}, 32],
      [8, { size: "8" }, 8],
      [9, { size: "16" }, 16],
      [9, { enlarge: "pixels" }, 8],
      [24, { n: 9, steps: 1 }, 24, 24],
      [25, { n: 9, steps: 1 }, 96],
      [900, { n: 1024, steps: 1 }, 256 * 4],
    ];
    for (const [screenWidth, options, width, largerAbove] of cases) {
      const drawn = await draw({ options: { seed: "7", ...options }, ...(screenWidth !== undefined && { screenWidth }) });
      expect([screenWidth, options, drawn.width, drawn.largerAbove]).toEqual([screenWidth, options, width, largerAbove]);
    }
  });

  it("reports each network evaluation, with a frame that becomes the image", async () => {
    const steps: DrawingStep[] = [];
    const image = await draw({ animate: true, options: { seed: "7", steps: 6 } }, { onProgress: (step) => steps.push(step) });
    expect(steps.map(({ stage, done, total }) => [stage, done, total]).slice(-6)).toEqual([1, 2, 3, 4, 5, 6].map((n) => ["draw", n, 6]));
    const frames = steps.flatMap(({ frame }) => frame ?? []);
    const distances = frames.map(({ noisy }) => distance(noisy.pixels, image.pixels));
    expect(distances).toEqual(distances.toSorted((a, b) => b - a));
    expect(distances.at(-1)).toBeLessThan(distances[0] / 5);
    const sigmas = frames.map(({ sigma }) => sigma);
    expect(sigmas).toEqual(sigmas.toSorted((a, b) => b - a));
    expect(distance(frames[0].denoised.pixels, image.pixels)).toBeLessThan(distances[0]);
  });

  it("varies and repaints images as the library does", async () => {
    const model = await loadModel(FILE, { runtime });
    const { width, height, channels, pixels } = await sample(model, { seed: "8" });
    const image = { width, height, channels, pixels };
    const mask = { width, height, channels: 1, pixels: new Uint8Array(width * height).fill(255, 0, 3 * width) };
    const from = { server: SERVER, model: undefined, animate: false, image };
    const requests: DrawRequest[] = [
      { ...from, operation: "vary", options: { seed: "7", strength: "0.3" } },
      { ...from, operation: "inpaint", options: { seed: "7" }, mask },
    ];
    const expected = [await vary(model, { seed: "7", strength: "0.3", image }), await inpaint(model, { seed: "7", image, mask })];
    for (const [i, request] of requests.entries()) expect((await ask(request)).pixels).toEqual(expected[i].pixels);
  });

  it("sends no frames if nobody wants them, and at most 16 of a long drawing", async () => {
    const steps: DrawingStep[] = [];
    const drawn = (animate: boolean, count: number) =>
      draw({ animate, options: { seed: "7", steps: count } }, { onProgress: (step) => steps.push(step) });
    await drawn(false, 6);
    expect(steps.filter(({ frame }) => frame)).toEqual([]);
    steps.length = 0;
    await drawn(true, 64);
    expect(steps.filter(({ frame }) => frame)).toHaveLength(16);
    expect(steps).toHaveLength(64);
  });

  it("answers in order", async () => {
    await draw();
    const ended: number[] = [];
    await Promise.all([0, 1, 2].map((i) => draw({ options: { seed: String(i), steps: 1 } }).then(() => ended.push(i))));
    expect(ended).toEqual([0, 1, 2]);
    expect(runtime.loads).toBe(1);
    expect(asked).toEqual(["/v1/models", `/v1/models/tiny@${LISTED[0].version}/model.onnx`]);
  });

  it("loads a model before anything is drawn with it, and reports its download", async () => {
    const told: ProgressDetail[] = [];
    const source = { server: SERVER, model: "other" };
    await draw(source, { onProgress: (progress) => told.push(progress) });
    expect(told.find(({ stage }) => stage === "download")).toEqual({ stage: "download", done: FILE.length, total: FILE.length });
    expect(runtime.loads).toBe(1);
  });

  it("tries again, for the next request, to load a model that failed", async () => {
    runtime.broken = true;
    await expect(draw()).rejects.toEqual(new Error("no memory"));
    runtime.broken = false;
    await draw();
    expect(runtime.loads).toBe(2);
  });

  it("asks the server once more for a model that a cache has damaged", async () => {
    const files = ["another file", FILE];
    answers.set(`/v1/models/tiny@${LISTED[0].version}/model.onnx`, () => new Response(files.shift()));
    await draw();
    expect(files).toEqual([]);
  });

  it("reports a model that cannot be fetched", async () => {
    answers.set(`/v1/models/tiny@${LISTED[0].version}/model.onnx`, () => new Response("another file"));
    await expect(draw()).rejects.toThrow("Expected an ONNX model");
    expect(
      vi
        .mocked(fetch)
        .mock.calls.slice(-2)
        .map(([, settings]) => settings?.cache),
    ).toEqual(["default", "reload"]);
    answers.set("/v1/models", () => Response.json({ error: "nope" }));
    await expect(draw({ server: `${SERVER}/?other` })).rejects.toThrow(
      `Expected a list of models at ${SERVER}/v1/models but received other JSON`,
    );
    const error = await draw({ server: "https://elsewhere.test" }).catch((error) => error);
    expect(error).toEqual(new Error("Expected an answer from https://elsewhere.test/v1/models but received none: Failed to fetch"));
    expect(error).not.toBeInstanceOf(RequestError);
  });

  it.each([
    [{ model: "nope" }, "model", "Expected one of tiny, other for `model` but received nope"],
    [{ options: { seed: "7", steps: "0" } }, "steps", "Expected an integer from 1 to 64 for `steps` but received 0"],
    [
      { options: { seed: "7", class: "Zebra" } },
      "label",
      "Expected an index from 0 to 2 or one of Class 0, Class 1, Class 2 for `label` but received Zebra",
    ],
  ])("distinguishes a wrong request from a device that cannot draw, by its attribute's name: %o", async (request, attribute, text) => {
    const error = await draw(request).catch((error) => error);
    expect(error).toBeInstanceOf(RequestError);
    expect([error.message, error.code, error.attribute]).toEqual([text, "invalid-value", attribute]);
  });

  it("draws with the model of a file or a blob, each file fetched once", async () => {
    const { png } = await sample(await loadModel(FILE, { runtime: new CountingRuntime() }), { seed: "7" });
    answers.set("/pets.onnx", () => new Response(FILE));
    const [file, blob] = [`${SERVER}/pets.onnx`, URL.createObjectURL(new Blob([FILE]))];
    for (const one of [file, file, blob])
      expect(await call("encode", { recipe: undefined, ...(await draw({ server: undefined, file: one })) })).toEqual(png());
    expect([asked, runtime.loads]).toEqual([["/pets.onnx"], 2]);
  });

  it("draws with the file if there is no service at the address, and only then", async () => {
    const file = `${SERVER}/pets.onnx`;
    answers.set("/pets.onnx", () => new Response(FILE));
    for (const [id, answer, isDrawn] of [
      [0, new Response("", { status: 503 }), false],
      [1, new Response("", { status: 404 }), true],
      [2, new Response("<!doctype html>"), true],
      [3, new Response("null"), true],
    ] as const) {
      answers.set("/v1/models", () => answer);
      const drawn = await draw({ server: `${SERVER}/?${id}`, file }).catch(() => undefined);
      expect(drawn !== undefined).toBe(isDrawn);
    }
  });

  it.each([
    [{ model: "nope" }, new Response(FILE), "invalid-value", "Expected random (a service has others) for `model` but received nope"],
    [{}, new Response("", { status: 404 }), "not-there", `Expected a file at ${SERVER}/pets.onnx but received HTTP status 404`],
  ])("refuses another name, and a file that is not there: %o", async (request, answer, code, text) => {
    answers.set("/pets.onnx", () => answer);
    const error = await draw({ server: undefined, file: `${SERVER}/pets.onnx`, ...request }).catch((error) => error);
    expect(error).toBeInstanceOf(RequestError);
    expect([error.code, error.attribute]).toEqual([code, "model"]);
    expect(error.message).toContain(text);
  });

  it("stops an aborted drawing between two evaluations, draws nothing that was aborted before its turn, and continues with the next", async () => {
    await draw();
    const abort = new AbortController();
    let evaluations = 0;
    runtime.denoise = (x, sigma) => {
      if (++evaluations === 2) abort.abort(new Error("enough"));
      return denoise(x, sigma);
    };
    const long = { options: { seed: "7", steps: 64 } };
    const left = Array.from({ length: 50 }, () => draw(long, { signal: abort.signal }));
    const short = draw({ options: { seed: "7", steps: 1 } });
    for (const { status } of await Promise.allSettled(left)) expect(status).toBe("rejected");
    await short;
    expect(evaluations).toBeLessThanOrEqual(2 + 1 + 1); // those before, at most one after, and that of the next drawing
  });
});

describe("a model that comes a byte at a time", () => {
  const slow = { server: undefined, file: `${SERVER}/slow.onnx` };
  let ended: string[];

  beforeEach(() => {
    ended = [];
    answers.set("/slow.onnx", (signal) => {
      const body = new ReadableStream({
        start(controller) {
          const timer = setInterval(() => controller.enqueue(new Uint8Array(1)), 20);
          signal?.addEventListener("abort", () => {
            clearInterval(timer);
            ended.push(signal.reason.name);
            controller.error(signal.reason);
          });
        },
      });
      return new Response(body);
    });
  });

  it("lets others be loaded and drawn, and its download ends when nobody waits for it", async () => {
    const abort = new AbortController();
    const loading = call("load", slow, { signal: abort.signal });
    await draw();
    expect(ended).toEqual([]);
    abort.abort();
    await expect(loading).rejects.toThrow("abort");
    await vi.waitFor(() => expect(ended).toEqual(["AbortError"]));
    answers.set("/slow.onnx", () => new Response(FILE));
    await draw(slow);
  });

  it("is given up after a time, and tried again", async () => {
    vi.spyOn(AbortSignal, "timeout").mockImplementation(() => {
      const abort = new AbortController();
      setTimeout(() => abort.abort(new DOMException("signal timed out", "TimeoutError")), 100);
      return abort.signal;
    });
    await expect(call("load", slow)).rejects.toThrow("timed out");
    expect(ended).toEqual(["TimeoutError"]);
    answers.set("/slow.onnx", () => new Response(FILE));
    await draw(slow);
  });
});

/** Root mean square difference. */
function distance(a: Uint8Array, b: Uint8Array): number {
  return Math.sqrt(a.reduce((sum, value, i) => sum + (value - b[i]) ** 2, 0) / a.length);
}
