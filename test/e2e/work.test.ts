/**
 * What a request costs by its length: no address and no header takes more than linear time, whichever route it meets.
 */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, it } from "vitest";
import { anneal } from "../../worker/node/hono.ts";
import { type Contract, operationsOf } from "../support/contract.ts";

const MODEL = new Uint8Array(readFileSync(resolve(import.meta.dirname, "../../wasm-model/models/mnist/model.onnx")));
const service = anneal({ models: [MODEL], token: "secret" });
const ask = (path: string, init?: RequestInit) => service.fetch(new Request(`http://anneal.test${path}`, init));

const contract = (await (await ask("/openapi.json")).json()) as Contract;
const routes = [
  ...operationsOf(contract).map(({ path, method }) => ({ path, method: method.toUpperCase() })),
  ...[
    "/",
    "/draw",
    "/studio",
    "/morph",
    "/repaint",
    "/langevin",
    "/models/{model}",
    "/guide/{page}",
    "/assets/{file}",
    "/nope/{path}",
    "/v1/x/a{seed}",
  ].map((path) => ({ path, method: "GET" })),
];

/** Texts of a length of which backtracking makes the most. */
const HOSTILE: readonly ((length: number) => string)[] = [
  ...["/", ".", "@", "-", "%25", "%20", "a", "0", "=", "&a=", ",", ";q=", "(", "[", "+", "#", "%2F"].map(
    (part) => (length: number) => part.repeat(length / part.length),
  ),
  (length) => `${"/".repeat(length / 2)}.${"a".repeat(length / 2)}!`,
  (length) => `${"a.".repeat(length / 2)}!`,
];
const HEADERS = ["Accept", "If-None-Match", "Authorization", "Content-Type", "Origin", "X-Forwarded-Proto", "Range", "Cookie"];

/** Milliseconds of CPU: the least of twenty, as the collector takes some and some systems count in ticks of 4 to 10 ms. */
async function cpuOf(request: () => Response | Promise<Response>): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 20 && least >= 5; i++) {
    const before = process.cpuUsage();
    await (await request()).arrayBuffer();
    const { user } = process.cpuUsage(before);
    least = Math.min(least, user / 1000);
  }
  return least;
}

const SHORT = 1000;
const LONG = 8000;

/** A request of eight times the length takes eight times as long at most, and what any takes; backtracking 64 times. */
async function expectLinear(name: string, request: (length: number) => Response | Promise<Response>): Promise<void> {
  const long = await cpuOf(() => request(LONG));
  if (long < 5) return;
  const short = await cpuOf(() => request(SHORT));
  expect(long, `${name}: ${short} ms for ${SHORT} characters, ${long} ms for ${LONG}`).toBeLessThan(5 + 16 * short);
}

it.each(routes)("$method $path", async ({ path, method }) => {
  for (const text of HOSTILE) {
    const plain = path.replaceAll(/\{\w+\}/g, "x");
    await expectLinear(`query ${text(20)}`, (length) => ask(`${plain}?seed=7&x=${text(length - 100)}`, { method }));
    if (path !== plain) {
      await expectLinear(`path ${text(20)}`, (length) =>
        ask(
          path.replaceAll(/\{\w+\}/g, (_, at) => (at === path.indexOf("{") ? text(length - 100) : "x")),
          { method },
        ),
      );
    }
  }
  for (const header of HEADERS) {
    for (const text of HOSTILE) {
      const headers = (length: number) => ({ Accept: "*/*", [header]: text(length) });
      await expectLinear(`${header} ${text(20)}`, (length) => ask(path.replaceAll(/\{\w+\}/g, "x"), { method, headers: headers(length) }));
    }
  }
});
