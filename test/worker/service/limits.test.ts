/** What a request may cost and who may ask how often. */
import { expect, it } from "vitest";
import type { Runtime } from "../../../wasm-model/index.ts";
import { finisherCounts } from "../../../wasm-model/network/count.ts";
import { BYTE_COST, costOf, IMAGE_COST } from "../../../wasm-model/render/cost.ts";
import { resolve } from "../../../wasm-model/request/resolve.ts";
import { checkOptions, defaultCost, settingsFrom } from "../../../worker/service/settings.ts";
import { addsNothing } from "../../support/random-model.ts";
import { AVATARS, EVALUATIONS, from, LEAST_RATE, SHIPPED, service } from "./service.ts";

/** The cost of an image by `avatars`, 54 million multiply-accumulates per evaluation. */
const cost = (evaluations: number, pixels = 1024): number => IMAGE_COST + 54_399_872 * evaluations + BYTE_COST * 3 * pixels;

it("a client may have ten requests in flight, of the default budget at least", () => {
  expect(checkOptions({ models: [], budget: 10e9, rateLimit: 4e9 })).toEqual({ budget: 10e9, inFlight: 100e9, rate: 4e9 });
  expect(checkOptions({ models: [], budget: 1e9 })).toEqual({ budget: 1e9, inFlight: 50e9 });
  expect(checkOptions({ models: [] })).toEqual({ budget: 5e9, inFlight: 50e9 });
});

it("the budget: is that of the options, and the OpenAPI document states it", async () => {
  const ask = service({ budget: 270e6 });
  const within = await ask("/sample?model=avatars&seed=7&steps=4");
  expect([within.status, within.headers.get("X-Cost")]).toEqual([200, String(cost(4))]);
  for (const [options, key, itsCost] of [
    ["&steps=5", "steps", cost(5)],
    ["&guidance=2", "guidance", cost(12)],
    ["&steps=2&n=3", "n", cost(6, 4 * 1024)],
    ["&steps=1&size=300&enlarge=pixels", "size", cost(1, 90_000)],
    ["&steps=1&size=300", "size", cost(1, 90_000) + finisherCounts("enlarger", 32, 32).macs],
    ["", "steps", cost(6)],
    ["&format=apng", "steps", cost(6, 7 * 1024)],
    ["&sampler=ald", "sampler", cost(90)],
  ] as const) {
    const response = await ask(`/sample?model=avatars&seed=7${options}`);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      code: "over-budget",
      key,
      expected: "an image that costs at most 0.27 GMAC (a device draws others, by the widget or the library)",
      received: `one that costs ${Math.ceil(itsCost / 1e6) / 1000} GMAC`,
    });
  }
  expect(await (await ask("/openapi.json")).text()).toContain("A request may cost at most 0.27 GMAC");
});

it("what is not enough for a default image of any model is refused at the start, with the unit", () => {
  const least = defaultCost(SHIPPED[0].card);
  const unit = "multiply-accumulates";
  expect(() => service({ budget: 5 })).toThrow(
    `Expected at least ${least} ${unit}, the cost of a default image, for \`budget\` but received 5: raise it`,
  );
  expect(() => service(settingsFrom({ BUDGET: "5" }))).toThrow(`${unit}, the cost of a default image, for \`budget\` but received 5`);
  expect(() => service({ rateLimit: 4 })).toThrow(
    `Expected at least ${Math.ceil(least / 60)} ${unit} a second, a default image a minute, for \`rateLimit\` but received 4`,
  );
  expect(() => service({ budget: least, rateLimit: least / 60 })).not.toThrow();
});

it.each([
  ["a model", {}, 6],
  ["one of cut-outs, which have a matte, four channels and two enlarged images", { cutOut: true }, 4],
  ["one of pixel art, which needs no enlarger", { cutOut: true, palette: ["000000", "ffffff"] }, 6],
] as const)(
  "the Free plan's budget is enough for %s with seven steps, as it is exported, and for 64 pixels with these",
  (_, facts, steps) => {
    const card = { ...AVATARS, ...facts };
    for (const options of [{ steps: 7 }, { steps, size: 64 }]) expect(defaultCost(card, options)).toBeLessThanOrEqual(460e6);
    expect(defaultCost(card, { steps: steps + 1, size: 64 })).toBeGreaterThan(460e6);
  },
);

it.each(SHIPPED)("the default budget is enough for an image by ald of $name, with as many evaluations as the model chooses", ({ card }) => {
  expect(costOf(resolve("sample", { seed: "7", sampler: "ald" }, card), card)).toBeLessThanOrEqual(checkOptions({ models: [] }).budget);
});

it("what a client may have in flight is bounded, at all services of the process together: more is refused at once, and accepted again later", async () => {
  let open = (): void => undefined;
  const isOpen = new Promise<void>((resolve) => (open = resolve));
  const denoise = async (x: Float32Array) => isOpen.then(() => x);
  const runtime: Runtime = { load: async ({ card: { spec } }) => ({ spec, denoise, enlarge: addsNothing, dispose() {} }) };
  const asks = [service({}, { runtime }), service({}, { runtime })];
  const costly = (seed: number, address: string) =>
    asks[seed % 2](`/sample?model=avatars&seed=busy-${seed}&steps=32&guidance=2`, from(address));
  const most = Math.floor(50e9 / cost(64));
  const answers = Array.from({ length: most + 3 }, (_, i) => costly(i, "192.0.2.0"));
  const other = costly(most, "192.0.2.1");
  const [refused, ...more] = await Promise.all(answers.slice(most));
  open();
  expect((await Promise.all(answers.slice(0, most))).map(({ status }) => status)).toEqual(Array(most).fill(200));
  expect([refused, ...more, await other].map(({ status }) => status)).toEqual([503, 503, 503, 200]);
  expect([refused.headers.get("Retry-After"), refused.headers.get("Content-Type")]).toEqual(["1", "application/problem+json"]);
  expect(await refused.json()).toMatchObject({ code: "busy", key: "client", expected: expect.any(String), received: expect.any(String) });
  expect((await costly(most + 1, "192.0.2.0")).status).toBe(200);
});

it("what a client may spend is limited by cost, for each address or /64 network", async () => {
  const ask = service({ rateLimit: LEAST_RATE });
  const draw = (seed: string, address: string, steps = EVALUATIONS) => ask(`/sample?seed=${seed}&steps=${steps}`, from(address));
  expect((await draw("spend-3", "198.51.100.8")).status).toBe(200); // which loads the model
  const began = Date.now();
  expect((await draw("spend-1", "198.51.100.7")).status).toBe(200);
  const refused = await Promise.all([2, 3].map((steps) => draw("spend-2", "198.51.100.7", steps)));
  const passed = (Date.now() - began) / 1000; // the budget grew meanwhile
  for (const [i, steps] of [2, 3].entries()) {
    expect(refused[i].status).toBe(429);
    const [wait, longest] = [Number(refused[i].headers.get("Retry-After")), defaultCost(SHIPPED[0].card, { steps }) / LEAST_RATE];
    expect([wait <= Math.ceil(longest), wait >= Math.ceil(longest - passed)]).toEqual([true, true]);
  }
  expect(refused[0].headers.get("Access-Control-Allow-Origin")).toBe("*");
  const [text, other] = await Promise.all(refused.map((answer) => answer.text()));
  expect(JSON.parse(text)).toMatchObject({ status: 429, code: "too-many-requests", key: "client", expected: expect.any(String) });
  expect(other).toBe(text); // made once
  expect((await draw("spend-1", "198.51.100.7")).status).toBe(200); // finished images cost nothing
  expect((await draw("spend-4", "2001:db8:1:2::1")).status).toBe(200);
  expect((await draw("spend-5", "2001:db8:1:2:3::4")).status).toBe(429);
  expect((await draw("spend-6", "2001:db8:1:3::1")).status).toBe(200);
});
