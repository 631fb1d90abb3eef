/** Which models an isolate holds: the first for good, others as long as there is room. */
import { expect, it, vi } from "vitest";
import { simd } from "../../../wasm-model/engine/simd.workerd.ts";
import type { Denoiser, Runtime } from "../../../wasm-model/index.ts";
import { readModel } from "../../../wasm-model/model/onnx/reader.ts";
import { writeModel } from "../../../wasm-model/model/onnx/writer.ts";
import { describeModel, Models, servedModel } from "../../../worker/service/models.ts";
import { annealOn, ready } from "../../../worker/service/service.ts";
import { randomModel, TINY } from "../../support/random-model.ts";
import { SHIPPED } from "./service.ts";

const MB = 1_000_000;
const { card, weights } = randomModel(TINY, 1, "int8");
const files = ["one", "two", "three"].map((name) => writeModel({ card: { ...card, name }, weights }));

/** A service of these models, of which each takes `bytes` when it is loaded; and those that were. */
function serviceOf(bytes: number, models = files) {
  const loads: string[] = [];
  const runtime: Runtime = {
    async load(file) {
      loads.push(file.card.name);
      return { ...(await simd.load(file)), bytes };
    },
  };
  const app = annealOn({ runtime })({ models });
  const ask = async (path: string, init?: RequestInit) => app.request(`https://anneal.test${path}`, init);
  let seed = 0;
  /** Draws what was never drawn. */
  const draw = async (name: string) => expect((await ask(`/sample?model=${name}&seed=ready-${bytes}-${seed++}`)).status).toBe(200);
  return { app, ask, draw, loads };
}

it("are not loaded to describe them, to answer HEAD, 304 or a mistake, or to serve their files", async () => {
  const { ask, loads } = serviceOf(MB);
  const { version } = servedModel(files[1]);
  for (const path of ["/v1/models", "/openapi.json"]) expect([path, (await ask(path)).status]).toEqual([path, 200]);
  for (const path of ["/v1/two/7.png", "/v1/models/two/model.onnx", `/v1/models/two@${version}/model.onnx`]) {
    const head = await ask(path, { method: "HEAD" });
    expect([head.status, head.headers.get("Cache-Control")?.includes("immutable")]).toEqual([200, path.includes("@")]);
    expect((await ask(path, { headers: { "If-None-Match": head.headers.get("ETag") ?? "" } })).status).toBe(304);
  }
  expect((await ask("/sample?model=two&seed=a&steps=0")).status).toBe(400);
  expect(new Uint8Array(await (await ask("/v1/models/two/model.onnx")).arrayBuffer())).toEqual(files[1]);
  expect(loads).toEqual([]);
});

it("are described without the numbers that images start from", () => {
  const brief = { squares: 1, spread: 1, extrapolation: 1.2 };
  const start = { ...brief, means: card.labels.map(() => [0]), factor: [1] };
  const levels = { sigmas: [9], churn: [], extrapolation: [] };
  const sampling = { ...card.sampling, start: { sigmaMax: 5, ...start }, schedules: [levels, { ...levels, start }] };
  expect(describeModel("", servedModel(writeModel({ card: { ...card, sampling }, weights }))).sampling).toEqual({
    ...card.sampling,
    start: { sigmaMax: 5, ...brief },
    schedules: [levels, { ...levels, start: brief }],
  });
});

it("are loaded once for all simultaneous requests", async () => {
  const { draw, loads } = serviceOf(MB);
  await Promise.all(Array.from({ length: 12 }, () => draw("two")));
  expect(loads).toEqual(["two"]);
});

it("are refused at the start if their file is damaged", () => {
  const damaged = files[1].slice();
  damaged[damaged.length >> 1] ^= 1; // a weight
  expect(() => serviceOf(MB, [files[0], damaged])).toThrow("changed since it was written");
});

it("are loaded at the start, the first for good, as far as the start may take; others by the first request that needs them", async () => {
  const { app, draw, loads } = serviceOf(20 * MB); // two beside the first fit
  await ready(app);
  expect(loads).toEqual(["one", "two", "three"]);
  for (const name of ["one", "two", "three"]) await draw(name);
  expect(loads.length).toBe(3);
  for (const [count, loaded] of [
    [2, 2],
    [3, 1],
  ]) {
    const shipped = SHIPPED.slice(0, count);
    const { app, loads } = serviceOf(
      MB,
      shipped.map(({ file }) => file),
    );
    await ready(app);
    expect(loads).toEqual(shipped.slice(0, loaded).map(({ name }) => name));
  }
});

it("are loaded by one request at a time, though one that was taken for lost fails late", async () => {
  const now = vi.spyOn(Date, "now").mockReturnValue(0);
  const ends: ((denoiser: Denoiser | Promise<never>) => void)[] = [];
  const models = new Models(files.map(servedModel), { load: () => new Promise((resolve) => ends.push(resolve)) });
  const load = () => models.load(models.served[1]);
  const lost = load();
  now.mockReturnValue(11_000);
  const others = [load()];
  ends[0](Promise.reject(new Error("late")));
  await expect(lost).rejects.toThrow("late");
  others.push(load());
  await scheduler.wait(20);
  expect(ends.length).toBe(2);
  ends[1](await simd.load(readModel(files[1])));
  expect(new Set(await Promise.all(others)).size).toBe(1);
  now.mockRestore();
});

it("are kept if they fit; the one used longest ago is dropped", async () => {
  const { draw, loads } = serviceOf(20 * MB);
  for (const name of ["one", "two", "one", "two", "one", "three", "one", "three", "two"]) await draw(name);
  expect(loads).toEqual(["one", "two", "three", "two"]);
});

it("are drawn at the start without a wait, which Workers refuse there, however many evaluations an image takes", async () => {
  const { app } = serviceOf(MB, [writeModel({ card: { ...card, sampling: { ...card.sampling, steps: 12 } }, weights })]);
  const wait = vi.fn(() => Promise.reject(new Error("Disallowed operation called within global scope")));
  vi.stubGlobal("scheduler", { wait });
  try {
    await ready(app);
  } finally {
    vi.unstubAllGlobals();
  }
  expect(wait).not.toHaveBeenCalled();
});
