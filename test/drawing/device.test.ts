import { describe, expect, it, vi } from "vitest";
import { drawInThread } from "../../worker/drawing/device.ts";
import type { DrawingStep, SampleRequest } from "../../worker/drawing/protocol.ts";

const ignore = { signal: new AbortController().signal, onProgress: () => undefined };
const request = (seed: string, server = "https://anneal.test"): SampleRequest => ({
  operation: "sample",
  server,
  model: undefined,
  animate: false,
  options: { seed },
});

/** A worker that runs this function's text on each call but `load`, which it answers at once. */
function workerOf(onmessage: (event: MessageEvent, answer: (message: object) => void) => void): Worker {
  const source = `
    const answer = (message) => postMessage(message);
    self.onmessage = (event) =>
      event.data.name === "load" && !event.data.argument.server.includes("slow") ? answer({ id: event.data.id, result: undefined }) : (${onmessage})(event, answer);`;
  return new Worker(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
}

describe("drawInThread", () => {
  it("gives each drawing its own steps and its own image, from one thread", async () => {
    let started = 0;
    const draw = drawInThread(() => {
      started++;
      return workerOf(({ data: { id, argument } }, answer) => {
        answer({ id, progress: { stage: "draw", done: Number(argument.options.seed), total: 2 } });
        answer({ id, result: { seed: argument.options.seed } });
      });
    });
    expect(started).toBe(0);
    const steps: DrawingStep[][] = [[], []];
    const images = await Promise.all(steps.map((list, i) => draw(request(`${i}`), { ...ignore, onProgress: (step) => list.push(step) })));
    expect(images).toMatchObject([{ seed: "0" }, { seed: "1" }]);
    expect(steps).toEqual([0, 1].map((done) => [{ stage: "draw", done, total: 2 }]));
    expect(started).toBe(1);
  });

  it("tells the page that the model is loaded, and the thread how wide the image is shown then", async () => {
    let width = 0;
    const draw = drawInThread(() =>
      workerOf(({ data: { id, argument } }, answer) => answer({ id, result: { width: argument.screenWidth } })),
    );
    const onBegin = vi.fn();
    const drawn = draw(request("7"), { ...ignore, screenWidth: () => width, onBegin });
    expect(onBegin).not.toHaveBeenCalled();
    width = 56;
    expect(await drawn).toMatchObject({ width: 56 });
    expect(onBegin).toHaveBeenCalledOnce();
    expect(await draw(request("7"), ignore)).toMatchObject({ width: undefined });
  });

  it("aborts: tells the thread and does not wait for it", async () => {
    const draw = drawInThread(() =>
      workerOf(({ data: { name, id } }, answer) => {
        const state = self as typeof globalThis & { aborted?: number };
        if (!name) state.aborted = id;
        else if (state.aborted === undefined) answer({ id, progress: { stage: "draw", done: 1, total: 8 } });
        else answer({ id, result: { aborted: state.aborted } });
      }),
    );
    const abort = new AbortController();
    const first = draw(request("7"), { ...ignore, signal: abort.signal, onProgress: () => abort.abort(new Error("enough")) });
    await expect(first).rejects.toThrow("enough");
    expect(await draw(request("8"), ignore)).toMatchObject({ aborted: 1 }); // 0 loaded the model
  });

  it("gives up a thread that breaks down, with all its drawings, and starts another", async () => {
    let started = 0;
    const draw = drawInThread(() => {
      started++;
      return workerOf(({ data: { id, argument } }, answer) => {
        if (argument.options.seed === "bad") throw new Error("broken");
        if (argument.options.seed === "good") answer({ id, result: {} });
      });
    });
    const drawings = ["waiting", "bad", "next", "last"].map((seed) => draw(request(seed), ignore));
    for (const drawing of drawings) await expect(drawing).rejects.toThrow(/broke down: .*broken/);
    await draw(request("good"), ignore);
    expect(started).toBe(2);
  });

  it("loads models beside what is drawn; one that nobody waits for any more is given up, and asked for again", async () => {
    const told: string[] = [];
    const draw = drawInThread(() => {
      const worker = workerOf(({ data: { id, name } }, answer) => {
        if (name === "load" || !name) answer({ id: -1, told: name ?? "abort" });
        else answer({ id, result: {} });
      });
      worker.addEventListener("message", ({ data }) => data.told && told.push(data.told));
      return worker;
    });
    const abort = new AbortController();
    const slow = ["1", "2", "3"].map((seed) => draw(request(seed, "https://slow.test"), { ...ignore, signal: abort.signal }));
    await draw(request("4"), ignore);
    expect(told).toEqual(["load"]);
    abort.abort(new Error("gone"));
    for (const each of slow) await expect(each).rejects.toThrow("gone");
    await vi.waitFor(() => expect(told).toEqual(["load", "abort"]));
    draw(request("5", "https://slow.test"), ignore);
    await vi.waitFor(() => expect(told).toEqual(["load", "abort", "load"]));
  });

  it("keeps a model that is loaded, though one who waited for it has left", async () => {
    let loads = 0;
    const draw = drawInThread(() => {
      const worker = workerOf(({ data: { id, name } }, answer) => answer({ id, name, result: {} }));
      worker.addEventListener("message", ({ data }) => data.name === "load" && loads++);
      return worker;
    });
    const abort = new AbortController();
    const left = draw(request("1", "https://slow.test"), { ...ignore, signal: abort.signal });
    const drawn = draw(request("2", "https://slow.test"), ignore);
    abort.abort(new Error("gone"));
    await expect(left).rejects.toThrow("gone");
    await drawn;
    await new Promise((resolve) => setTimeout(resolve, 300)); // longer than a download goes on for nobody
    await draw(request("3", "https://slow.test"), ignore);
    expect(loads).toBe(1);
  });
});
