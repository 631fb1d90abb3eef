import { describe, expect, it } from "vitest";
import { crossOriginWorker, drawInThread } from "../../worker/widget/device.ts";
import { type DrawingStep, type DrawRequest, RequestError } from "../../worker/widget/protocol.ts";

const ignore = { signal: new AbortController().signal, onStep: () => undefined };
const request = (seed: string): DrawRequest => ({ model: "https://anneal.test/model.onnx", runtime: "simd", options: { seed } });

/** A worker that runs this function's text on each message that it gets. */
function workerOf(onmessage: (event: MessageEvent, answer: (message: object) => void) => void): Worker {
  const source = `self.onmessage = (event) => (${onmessage})(event, (message) => postMessage(message));`;
  return new Worker(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
}

describe("drawInThread", () => {
  it("gives each drawing its own steps and its own image, from one thread", async () => {
    let started = 0;
    const draw = drawInThread(() => {
      started++;
      return workerOf(({ data: { id, request } }, answer) => {
        answer({ type: "step", id, step: { evaluations: id } });
        answer({ type: "image", id, image: { seed: request.options.seed } });
      });
    });
    expect(started).toBe(0);
    const steps: DrawingStep[][] = [[], []];
    const images = await Promise.all(steps.map((list, i) => draw(request(`seed ${i}`), { ...ignore, onStep: (step) => list.push(step) })));
    expect(images).toEqual([{ seed: "seed 0" }, { seed: "seed 1" }]);
    expect(steps).toEqual([[{ evaluations: 0 }], [{ evaluations: 1 }]]);
    expect(started).toBe(1);
  });

  it("tells wrong requests from devices that cannot", async () => {
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
      }),
    );
    const abort = new AbortController();
    const first = draw(request("7"), { ...ignore, signal: abort.signal });
    const second = draw(request("8"), ignore);
    abort.abort(new Error("enough"));
    await expect(first).rejects.toThrow("enough");
    expect(await second).toEqual({ aborted: 0 });
  });

  it("gives up a thread that breaks down, with all that it had to draw, and starts another", async () => {
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

  it("rejects where no worker can be started", async () => {
    const draw = drawInThread(() => {
      throw new Error("forbidden");
    });
    await expect(draw(request("7"), ignore)).rejects.toThrow("forbidden");
  });
});

describe("crossOriginWorker", () => {
  it("runs a module by its address", async () => {
    const source = `self.onmessage = ({ data: { id } }) => postMessage({ type: "image", id, image: { hello: true } });`;
    const script = new URL(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
    expect(await drawInThread(() => crossOriginWorker(script))(request("7"), ignore)).toEqual({ hello: true });
  });

  it("breaks down when the script does not come", async () => {
    const draw = drawInThread(() => crossOriginWorker(new URL("/no-such-script.js", location.href)));
    await expect(draw(request("7"), ignore)).rejects.toThrow("The drawing thread broke down");
  });
});
