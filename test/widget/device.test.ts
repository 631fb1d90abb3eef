import { afterEach, describe, expect, it, vi } from "vitest";
import { drawInThread } from "../../worker/widget/device.ts";
import { type DrawingStep, type DrawRequest, RequestError } from "../../worker/widget/protocol.ts";

const ignore = { signal: new AbortController().signal, onProgress: () => undefined, isVisible: () => false };
const request = (seed: string, server = "https://anneal.test"): DrawRequest => ({
  server,
  model: undefined,
  animate: false,
  options: { seed },
});

afterEach(async () => {
  vi.restoreAllMocks();
  await caches.delete("anneal");
});

/** A worker that runs this function's text on each message that it gets. */
function workerOf(onmessage: (event: MessageEvent, answer: (message: object) => void) => void): Worker {
  const source = `self.onmessage = (event) => (${onmessage})(event, (message) => postMessage(message)); postMessage({ type: "ready" });`;
  return new Worker(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
}

describe("drawInThread", () => {
  it("gives each drawing its own steps and its own image, from one thread", async () => {
    let started = 0;
    const draw = drawInThread(() => {
      started++;
      return workerOf(({ data: { id, request } }, answer) => {
        answer({ type: "step", id, step: { stage: "draw", done: id, total: 2 } });
        answer({ type: "image", id, image: { seed: request.options.seed } });
      });
    });
    expect(started).toBe(0);
    const steps: DrawingStep[][] = [[], []];
    const images = await Promise.all(
      steps.map((list, i) => draw(request(`seed ${i}`), { ...ignore, onProgress: (step) => list.push(step) })),
    );
    expect(images).toEqual([{ seed: "seed 0" }, { seed: "seed 1" }]);
    expect(steps).toEqual([0, 1].map((done) => [{ stage: "draw", done, total: 2 }]));
    expect(started).toBe(1);
  });

  it("tells the thread how large the image's place is when its turn comes", async () => {
    let width = 0;
    const draw = drawInThread(() =>
      workerOf(({ data: { id, request } }, answer) => answer({ type: "image", id, image: { place: request.place } })),
    );
    const drawn = draw(request("7"), { ...ignore, place: () => width });
    width = 56;
    expect(await drawn).toEqual({ place: 56 });
    expect(await draw(request("7"), ignore)).toEqual({ place: undefined });
  });

  it("distinguishes wrong requests from devices that cannot draw", async () => {
    const draw = drawInThread(() =>
      workerOf(({ data: { id, request } }, answer) => {
        answer({ type: "error", id, message: "no", isRequest: request.options.seed === "wrong" });
      }),
    );
    await expect(draw(request("wrong"), ignore)).rejects.toThrow(new RequestError("no"));
    const error = await draw(request("7"), ignore).catch((error) => error);
    expect(error).toEqual(new Error("no"));
    expect(error).not.toBeInstanceOf(RequestError);
  });

  it("aborts: tells the thread and does not wait for it", async () => {
    const draw = drawInThread(() =>
      workerOf(({ data: { type, id } }, answer) => {
        if (type === "abort") answer({ type: "image", id: id + 1, image: { aborted: id } });
        else answer({ type: "step", id, step: { stage: "draw", done: 1, total: 8 } });
      }),
    );
    const abort = new AbortController();
    const first = draw(request("7"), { ...ignore, signal: abort.signal, onProgress: () => abort.abort(new Error("enough")) });
    const second = draw(request("8"), ignore);
    await expect(first).rejects.toThrow("enough");
    expect(await second).toEqual({ aborted: 0 });
  });

  it("gives up a thread that breaks down, with all its drawings, and starts another", async () => {
    let started = 0;
    const draw = drawInThread(() => {
      started++;
      return workerOf(({ data: { id, request } }, answer) => {
        if (request.options.seed === "bad") throw new Error("broken");
        if (request.options.seed === "good") answer({ type: "image", id, image: {} });
      });
    });
    const drawings = ["waiting", "bad"].map((seed) => draw(request(seed), ignore));
    for (const drawing of drawings) await expect(drawing).rejects.toThrow(/broke down: .*broken/);
    await draw(request("good"), ignore);
    expect(started).toBe(2);
  });
});

describe("drawInThread, of many drawings", () => {
  it("draws the visible ones first, by what is visible when the thread has room", async () => {
    const draw = drawInThread(() =>
      workerOf(({ data: { id, request } }, answer) => answer({ type: "image", id, image: { seed: request.options.seed } })),
    );
    const drawn: string[] = [];
    const visible = new Set(["4", "5"]);
    const drawings = ["1", "2", "3", "4", "5"].map(async (seed) => {
      drawn.push((await draw(request(seed), { ...ignore, isVisible: () => visible.has(seed) })).seed);
      visible.add("3");
    });
    await Promise.all(drawings);
    expect(drawn).toEqual(["4", "5", "1", "3", "2"]); // 1 was under way when 3 came into sight
  });

  it("gives the thread two at a time, and never one that was already aborted", async () => {
    const draw = drawInThread(() =>
      workerOf(({ data: { type, id, request } }, answer) => {
        const state = self as typeof globalThis & { drawings?: { id: number; seed: string }[] };
        state.drawings ??= [];
        if (type === "draw") state.drawings.push({ id, seed: request.options.seed });
        // The last one tells which came, and the first ones are answered when the third was aborted.
        if (request?.options.seed === "4") answer({ type: "image", id, image: { seen: state.drawings.map(({ seed }) => seed).join() } });
        if (state.drawings.length === 2) setTimeout(() => state.drawings!.map(({ id }) => answer({ type: "image", id, image: {} })), 50);
      }),
    );
    const abort = new AbortController();
    const drawings = ["1", "2"].map((seed) => draw(request(seed), ignore));
    const third = draw(request("3"), { ...ignore, signal: abort.signal });
    const fourth = draw(request("4"), ignore);
    abort.abort(new Error("enough"));
    await expect(third).rejects.toThrow("enough");
    await Promise.all(drawings);
    expect(await fourth).toEqual({ seen: "1,2,4" });
  });
});
