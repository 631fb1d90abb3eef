/** Images by GET: their addresses, formats and options, how they are kept, and what they cost. */
import { decode, decodeApng } from "fast-png";
import { describe, expect, it } from "vitest";
import { recipeIn } from "../../../wasm-model/index.ts";
import { writeModel } from "../../../wasm-model/model/onnx/writer.ts";
import { cutOut, DEEP, randomModel, TINY } from "../../support/random-model.ts";
import { ask, versionOf } from "../worker.ts";
import { SHIPPED, service } from "./service.ts";

const bytes = (response: Response): Promise<Uint8Array> => response.bytes();
const pixels = async (path: string): Promise<number[]> => [...decode(await bytes(await ask(path))).data];

const version = await versionOf("fashion-mnist");
const model = `/v1/fashion-mnist@${version}`;
const today = "/v1/fashion-mnist";

interface Problem {
  readonly code: string;
  readonly key: string;
  readonly expected: string;
  readonly received: string;
}

async function problem(path: string, status: number, init?: RequestInit): Promise<Problem> {
  const response = await ask(path, init);
  expect([response.status, response.headers.get("Content-Type")]).toEqual([status, "application/problem+json"]);
  return response.json<Problem>();
}

describe("an address", () => {
  const query = "class=Bag&steps=2&size=56";

  it("gives the same bytes as /sample, in every form", async () => {
    const expected = await ask(`/sample?model=fashion-mnist&seed=7&${query}`);
    const file = await bytes(expected);
    for (const path of [`${today}/7.png?${query}`, `${model}/7.png?${query}`, expected.headers.get("Content-Location") ?? ""]) {
      const response = await ask(path);
      expect(response.status).toBe(200);
      expect(await bytes(response)).toEqual(file);
      expect(response.headers.get("ETag")).toBe(expected.headers.get("ETag"));
      expect(response.headers.get("Content-Location")).toBe(expected.headers.get("Content-Location"));
    }
  });

  it.each(["süß 🌰", "a/b", "..", "a.b.png", "?#%&+ ", "\n"])("names the seed %j", async (seed) => {
    const response = await ask(`${today}/${encodeURIComponent(seed)}.png?steps=1`);
    expect(response.status).toBe(200);
    expect(decodeURIComponent(response.headers.get("X-Seed") ?? "")).toBe(seed);
    expect(await bytes(await ask(response.headers.get("Content-Location") ?? ""))).toEqual(await bytes(response));
  });

  it("has one version only, and says which to those who ask for another one", async () => {
    const other = `fashion-mnist@${"0".repeat(32)}`;
    for (const path of [`/v1/${other}/7.png?steps=2`, `/v1/models/${other}/model.onnx`]) {
      const { code, key, expected } = await problem(path, 410);
      const address = path.replace(other, `fashion-mnist@${version}`);
      expect([code, key, expected]).toEqual(["gone", "version", `the model's current version, as in ${address}`]);
    }
  });

  it("is gone with its model, which may have another name now: the answer names the models that are served, and is not stored", async () => {
    const { headers } = await ask(`/v1/nope@${version}/7.png`);
    expect(headers.get("Cache-Control")).toBe("no-store");
    const { code, key, expected } = await problem(`/v1/models/nope@${version}/model.onnx`, 410);
    expect([code, key, expected]).toEqual(["gone", "model", `one of ${SHIPPED.map(({ name }) => name).join(", ")}`]);
  });

  it.each([
    ["an empty version", "/v1/fashion-mnist@/7.png", "path"],
    ["a longer version", `${model}0/7.png`, "path"],
    ["something behind the version", `/v1/models/fashion-mnist@${version}@junk/model.onnx`, "path"],
    ["an encoded @", `/v1/fashion-mnist%40${version}/7.png`, "model"],
    ["an encoded model", `/v1/f%61shion-mnist@${version}/7.png`, "model"],
    ["an encoded format", `${model}/7.pn%67`, "format"],
    ["an encoded dot", `${model}/7%2epng`, "path"],
  ])("has one spelling, and %s is not it", async (_, path, key) => {
    expect(await problem(path, 404)).toMatchObject({ code: "not-found", key });
  });

  it.each([
    ["/v1/nope/7.png", 404, "not-found", "model"],
    [`${today}/7.png/`, 404, "not-found", "path"],
    [`${today}/7.PNG`, 404, "not-found", "format"],
    [`${today}/.png`, 400, "empty-value", "seed"],
    [`${today}/%ed%a0%80.png`, 400, "invalid-value", "seed"],
    [`${today}/${"x".repeat(257)}.png`, 400, "invalid-value", "seed"],
    [`${today}/7.png?frames=3`, 400, "invalid-value", "format"],
  ])("%s is refused: %i %s %s", async (path, status, code, key) => {
    expect(await problem(path, status)).toMatchObject({ code, key });
  });
});

describe("caching", () => {
  it("has one tag for one image, however it is requested, and another for every other image", async () => {
    const tag = async (path: string) => (await ask(path, { method: "HEAD" })).headers.get("ETag");
    const one = await tag(`${today}/7.png?steps=2&class=bag`);
    expect(one).toMatch(/^"[0-9a-f]{32}"$/);
    for (const path of [
      `${model}/7.png?class=8&steps=2`,
      "/sample?model=fashion-mnist&class=BAG&seed=7&steps=02&sampler=langevin&temperature=1.0&size=28",
    ]) {
      expect(await tag(path)).toBe(one);
    }
    const others = ["8.png?steps=2&class=bag", "7.apng?steps=2&class=bag", "7.png?steps=3&class=bag"];
    const tags = await Promise.all(others.map((other) => tag(`${today}/${other}`)));
    expect(new Set([one, ...tags]).size).toBe(4);
  });

  it("answers 304 and HEAD without drawing", async () => {
    const load = async (): Promise<never> => {
      throw new Error("Expected no sampling");
    };
    const ask = service({}, { runtime: { load } });
    const path = `${today}/never-drawn.png?steps=5&sampler=ald`;
    const head = await ask(path, { method: "HEAD" });
    const etag = head.headers.get("ETag") ?? "";
    for (const tags of [etag, `W/${etag}`, `"other", ${etag}`, "*"]) {
      const response = await ask(path, { headers: { "If-None-Match": tags } });
      expect(response.status).toBe(304);
      expect(response.headers.get("ETag")).toBe(etag);
      expect(response.headers.get("Cache-Control")).toBe("public, max-age=0, must-revalidate");
      expect((await bytes(response)).length).toBe(0);
    }
    const nfe = String(5 * SHIPPED[0].card.sampling.stepsPerLevel);
    expect([head.status, head.headers.get("Content-Type"), head.headers.get("X-NFE")]).toEqual([200, "image/png", nfe]);
    expect((await ask(path)).status).toBe(500); // that one has to sample
  });

  it("answers mistakes before it looks at tags", async () => {
    await problem(`${today}/7.png?steps=0`, 400, { headers: { "If-None-Match": "*" } });
  });
});

describe("an image", () => {
  it("carries the settings that made it", async () => {
    const file = await bytes(await ask(`${today}/${encodeURIComponent("süß 🌰")}.png?steps=2&class=bag&foreground=f00`));
    expect(JSON.parse(recipeIn(file) ?? "")).toEqual({
      model: "fashion-mnist",
      version,
      options: { seed: "süß 🌰", class: "Bag", steps: 2, sampler: "langevin", background: "000000", foreground: "ff0000" },
    });
  });

  it("is animated as an APNG", async () => {
    const response = await ask(`${today}/7.apng?steps=4&frames=4`);
    expect(response.headers.get("Content-Type")).toBe("image/apng");
    const { frames } = decodeApng(await bytes(response), { checkCrc: true });
    expect(frames.length).toBe(4);
    expect([...frames[3].data]).toEqual(await pixels(`${today}/7.png?steps=4`));
    expect(decodeApng(await bytes(await ask(`${today}/7.apng?steps=4`))).frames.length).toBe(5); // 16 at most
  });
});

it("models of different shapes are drawn each in its own size and colours, alone, larger and in grids", async () => {
  const [grey, colour] = [randomModel(TINY, 1, "int8"), randomModel(DEEP["32x24 for 30x22, three levels"], 1, "int8")];
  const padded = { ...colour, card: { ...colour.card, name: "padded", crop: { top: 1, left: 1, height: 30, width: 22 } } };
  const sprite = cutOut({ ...padded, card: { ...padded.card, name: "sprite" } }, 2);
  const ask = service({ models: [grey, padded, sprite].map((model) => writeModel(model)) });
  for (const [query, ...shape] of [
    ["model=random&n=5", 24, 16, 1],
    ["model=padded", 22, 30, 3],
    ["model=padded&size=33", 33, 45, 3],
    ["model=padded&n=5", 66, 60, 3],
    ["model=sprite&size=44", 44, 60, 1], // one index
    ["model=sprite&palette=free", 22, 30, 4],
    ["model=sprite&palette=free&background=fff", 22, 30, 3],
  ]) {
    const { width, height, channels } = decode(await bytes(await ask(`/sample?seed=7&${query}`)));
    expect([query, width, height, channels]).toEqual([query, ...shape]);
  }
});
