/** Which models an isolate holds: the first for good, others from their first image on, as long as there is room. */
import { expect, it, vi } from "vitest";
import { simd } from "../../../wasm-model/engine/simd.workerd.ts";
import { loadModel, type Runtime } from "../../../wasm-model/index.ts";
import { writeModel } from "../../../wasm-model/model/onnx/writer.ts";
import { siteOf } from "../../../worker/hono.workerd.ts";
import type { AnnealOptions } from "../../../worker/service/hono.d.ts";
import { describeModel, servedModel } from "../../../worker/service/models.ts";
import { annealOn, ready } from "../../../worker/service/service.ts";
import { randomModel, TINY } from "../../support/random-model.ts";

const MB = 1_000_000;
const names = ["one", "two", "three"];
const files = new Map(
  names.map((name) => {
    const { card, weights } = randomModel(TINY, 1, "int8");
    return [name, writeModel({ card: { ...card, name }, weights })];
  }),
);
const models = [...files].map(([name, file]) => ({ ...servedModel(file), path: `/${name}` }));

/** A service of these models, of which each takes `bytes` when it is loaded; and the files that were read. */
function serviceOf(bytes?: number, served: AnnealOptions["models"] = models) {
  const reads: string[] = [];
  const loads: string[] = [];
  const runtime: Runtime = {
    async load(file) {
      loads.push(file.card.name);
      const denoiser = await simd.load(file);
      const { enlarge } = denoiser;
      return bytes === undefined
        ? denoiser
        : { spec: TINY, bytes, denoise: (...input) => denoiser.denoise(...input), enlarge, dispose() {} };
    },
  };
  const site = siteOf({
    async fetch({ url }) {
      const path = new URL(url).pathname.slice(1);
      reads.push(path);
      return new Response(files.get(path), { status: files.has(path) ? 200 : 404 });
    },
  });
  const app = annealOn({ runtime, site: () => site })({ models: served });
  const ask = async (path: string, init?: RequestInit) => app.request(`https://anneal.test${path}`, init);
  let seed = 0;
  /** Draws what was never drawn. */
  const draw = async (name: string) => expect((await ask(`/sample?model=${name}&seed=ready-${bytes}-${seed++}`)).status).toBe(200);
  return { app, ask, draw, reads, loads };
}

it("are not loaded to describe them, to answer HEAD or 304, or to serve their files", async () => {
  const { ask, reads } = serviceOf();
  const two = await loadModel(files.get("two")!, { runtime: simd });
  for (const path of ["/v1/models", "/openapi.json"]) expect([path, (await ask(path)).status]).toEqual([path, 200]);
  for (const path of ["/v1/two/7.png", "/v1/models/two/model.onnx", `/v1/models/two@${two.version}/model.onnx`]) {
    const head = await ask(path, { method: "HEAD" });
    expect([head.status, head.headers.get("Cache-Control")?.includes("immutable")]).toEqual([200, path.includes("@")]);
    expect((await ask(path, { headers: { "If-None-Match": head.headers.get("ETag") ?? "" } })).status).toBe(304);
  }
  expect(reads).toEqual([]);
  expect((await ask("/sample?model=two&seed=a&steps=0")).status).toBe(400);
  expect(reads).toEqual([]);
  expect(new Uint8Array(await (await ask("/v1/models/two/model.onnx")).arrayBuffer())).toEqual(files.get("two"));
  expect(reads).toEqual(["two"]);
});

it("are described without the numbers that images start from", () => {
  const { card, weights } = randomModel(TINY, 1, "int8");
  const brief = { squares: 1, spread: 1, extrapolation: 1.2 };
  const start = { ...brief, means: card.labels.map(() => [0]), factor: [1] };
  const levels = { sigmas: [9], churn: [], extrapolation: [] };
  const sampling = { ...card.sampling, start: { sigmaMax: 5, ...start }, schedules: [levels, { ...levels, start }] };
  const entry = { ...servedModel(writeModel({ card: { ...card, sampling }, weights })), path: "/one" };
  expect(describeModel("", entry).sampling).toEqual({
    ...card.sampling,
    start: { sigmaMax: 5, ...brief },
    schedules: [levels, { ...levels, start: brief }],
  });
});

it("are loaded once for all simultaneous requests", async () => {
  const { draw, reads } = serviceOf();
  await Promise.all(Array.from({ length: 12 }, () => draw("two")));
  expect(reads).toEqual(["two"]);
});

it("answer 500 if their file is missing, with its path in the log, and the others go on", async () => {
  const log = vi.spyOn(console, "error").mockImplementation(() => undefined);
  const { ask, draw } = serviceOf(undefined, [models[0], { ...models[1], path: "/gone" }]);
  expect((await ask("/sample?model=two&seed=7")).status).toBe(500);
  expect(log.mock.calls).toEqual([["Expected the model /gone among the site's files but received none"]]);
  await draw("one");
});

it("never draw from a damaged file, and do not send it: the site's answers 500, one that is given as bytes is refused at the start", async () => {
  const log = vi.spyOn(console, "error").mockImplementation(() => undefined);
  const damaged = files.get("two")!.slice();
  damaged[damaged.length >> 1] ^= 1; // a weight
  const { ask } = serviceOf(undefined, [models[0], { ...models[1], path: "/damaged" }]);
  files.set("damaged", damaged);
  for (const path of [`/v1/two@${models[1].version}/7.png`, `/v1/models/two@${models[1].version}/model.onnx`]) {
    const { status, headers } = await ask(path);
    expect([path, status, headers.get("Cache-Control")]).toEqual([path, 500, "no-store"]);
  }
  expect(log.mock.calls).toEqual(
    Array(2).fill(["Expected the model /damaged of the list among the site's files but received another or a damaged file"]),
  );
  expect(() => serviceOf(undefined, [damaged])).toThrow("changed since it was written");
});

it("are kept if they fit into the memory; the one used longest ago is dropped", async () => {
  const { draw, reads } = serviceOf(20 * MB); // two of them fit
  for (const name of ["one", "two", "one", "two", "one"]) await draw(name);
  expect(reads).toEqual(["one", "two"]);
  await draw("three"); // in place of two
  for (const name of ["one", "three"]) await draw(name);
  expect(reads).toEqual(["one", "two", "three"]);
  await draw("two");
  expect(reads).toEqual(["one", "two", "three", "two"]);
});

it("include the first for good if it was given as bytes and is ready", async () => {
  const { app, draw, reads } = serviceOf(90 * MB, [files.get("one")!, ...models.slice(1)]);
  await ready(app);
  for (const name of ["one", "two", "three", "one"]) await draw(name);
  expect(reads).toEqual(["two", "three"]);
});

it("are loaded at the start if they were given as bytes, so that no request pays for it", async () => {
  const { app, draw, loads } = serviceOf(20 * MB, [files.get("one")!, models[1], files.get("three")!]);
  await ready(app);
  expect(loads).toEqual(["one", "three"]);
  await draw("three");
  expect(loads).toEqual(["one", "three"]);
});

it("are drawn at the start without a wait, which Workers refuse there, however many evaluations an image takes", async () => {
  const { card, weights } = randomModel(TINY, 1, "int8");
  const { app } = serviceOf(undefined, [writeModel({ card: { ...card, sampling: { ...card.sampling, steps: 12 } }, weights })]);
  const wait = vi.fn(() => Promise.reject(new Error("Disallowed operation called within global scope")));
  vi.stubGlobal("scheduler", { wait });
  try {
    await ready(app);
  } finally {
    vi.unstubAllGlobals();
  }
  expect(wait).not.toHaveBeenCalled();
});
