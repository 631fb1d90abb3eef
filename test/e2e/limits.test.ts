/** What the operator of a server is told before it starts, and what may come over its line. */
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, connect, type Socket } from "node:net";
import { setTimeout } from "node:timers/promises";
import { serve } from "@hono/node-server";
import { afterAll, describe, expect, it } from "vitest";
import { simd } from "../../wasm-model/engine/simd.ts";
import type { Runtime } from "../../wasm-model/index.ts";
import { headIn } from "../../wasm-model/model/onnx/reader.ts";
import { anneal } from "../../worker/node/hono.ts";
import type { AnnealEvent } from "../../worker/service/hono.d.ts";
import { annealOn } from "../../worker/service/service.ts";
import { defaultCost } from "../../worker/service/settings.ts";
import { shippedModel } from "../golden/golden.ts";

const MODEL = shippedModel("mnist");

it("what `npm run deploy:free` uploads fits into the Workers Free plan's 3 MB", () => {
  const { status, stdout } = spawnSync("npm", ["run", "deploy:free", "--", "--dry-run"], { encoding: "utf8" });
  expect(status).toBe(0);
  expect(Number(/gzip: ([\d.]+) KiB/.exec(stdout)?.[1])).toBeLessThan(3072);
});

it("in Node a limit for each client needs a way to tell clients apart", () => {
  const NAMELESS = "`rateLimit` works with `client` or `trustProxy` only";
  expect(() => anneal({ models: [MODEL], rateLimit: 4e9 })).toThrow(NAMELESS);
  expect(() => anneal({ models: [MODEL], rateLimit: 4e9, trustProxy: false })).toThrow(NAMELESS);
  anneal({ models: [MODEL], rateLimit: 4e9, trustProxy: true });
  anneal({ models: [MODEL], rateLimit: 4e9, client: () => "all" });
});

/**
 * How many evaluations the service in Node makes for a grid of 24 whose client leaves, by this, after the first ones.
 */
async function evaluationsFor(seed: string, leave: (socket: Socket) => void): Promise<number> {
  let evaluations = 0;
  const counting: Runtime = {
    load: async (file) => {
      const denoiser = await simd.load(file);
      return {
        spec: denoiser.spec,
        denoise(x, sigma, labels) {
          evaluations++;
          return denoiser.denoise(x, sigma, labels);
        },
        enlarge: (image) => denoiser.enlarge(image),
        dispose() {},
      };
    },
  };
  const app = annealOn({ runtime: counting })({ models: [MODEL] });
  const server = serve({ fetch: app.fetch, hostname: "127.0.0.1", port: 0 });
  await once(server, "listening");
  const socket = connect((server.address() as { port: number }).port, "127.0.0.1").on("error", () => undefined);
  socket.write(`GET /sample?n=24&seed=${seed} HTTP/1.1\r\nHost: x\r\n\r\n`);
  while (evaluations === 0) await setTimeout(1);
  leave(socket);
  for (let before = -1; before < evaluations; await setTimeout(300)) before = evaluations;
  server.close();
  return evaluations;
}

it.each<[string, (socket: Socket) => void]>([
  ["reset", (socket) => socket.resetAndDestroy()],
  ["closed", (socket) => socket.destroy()],
])("in Node, the work for a client that leaves: ends when its connection is %s", async (end, leave) => {
  const all = 24 * 6; // of mnist
  expect(await evaluationsFor(`whole-${end}`, () => undefined)).toBe(all);
  expect(await evaluationsFor(end, leave)).toBeLessThan(all / 2);
});

it("in Node, a client that sends many requests that cost nothing keeps nobody waiting", async () => {
  const app = anneal({ models: [MODEL] });
  const server = serve({ fetch: app.fetch, hostname: "127.0.0.1", port: 0 });
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const socket = connect(port, "127.0.0.1").on("error", () => undefined);
  let answers = 0;
  socket.on("data", (heads) => (answers += String(heads).split("HTTP/1.1 200").length - 1));
  const heads = Array.from({ length: 48_000 }, (_, i) => `HEAD /sample?seed=${i} HTTP/1.1\r\nHost: x\r\n\r\n`).join("");
  const closed = new Promise((resolve) => socket.on("close", resolve));
  socket.write(heads);
  while (answers === 0 && !socket.destroyed) await setTimeout(1);
  expect((await fetch(`http://127.0.0.1:${port}/health`)).status).toBe(200);
  expect(answers).toBeLessThan(2000); // others are answered between them
  await closed;
  expect(answers).toBeLessThan(10_000);
  server.close();
});

describe("in Node, a client that is refused and does not wait", () => {
  const events: AnnealEvent[] = [];
  const rateLimit = defaultCost(headIn(MODEL).card) / 60;
  const app = anneal({ models: [MODEL], rateLimit, client: () => "one", onEvent: (event) => void events.push(event) });
  const server = serve({ fetch: app.fetch, hostname: "127.0.0.1", port: 0 });
  afterAll(() => void server.close());

  let drawn = 0;
  /** A new connection, and what it was answered: each status with its time in milliseconds. */
  async function connection() {
    if (!server.listening) await once(server, "listening");
    const socket = connect((server.address() as AddressInfo).port, "127.0.0.1").on("error", () => undefined);
    const answers: (readonly [status: number, at: number])[] = [];
    socket.setEncoding("latin1").on("data", (text) => {
      for (const [, status] of String(text).matchAll(/HTTP\/1\.1 (\d+)/g)) answers.push([Number(status), performance.now()]);
    });
    const ask = (requests = 1) =>
      socket.write(Array.from({ length: requests }, () => `GET /sample?seed=refused-${drawn++} HTTP/1.1\r\nHost: x\r\n\r\n`).join(""));
    const answered = async (count: number) => {
      while (answers.length < count) await once(socket, "data");
      return answers[count - 1];
    };
    return { socket, ask, answers, answered };
  }

  it("is answered once a second on each connection, and reported at once", async () => {
    const { socket, ask, answered } = await connection();
    ask();
    expect((await answered(1))[0]).toBe(200);
    ask();
    const [status, first] = await answered(2);
    ask();
    expect([status, (await answered(3))[0]]).toEqual([429, 429]);
    expect((await answered(3))[1] - first).toBeGreaterThan(900);
    const other = await connection();
    const began = performance.now();
    other.ask();
    const [otherStatus, otherFirst] = await other.answered(1);
    expect([otherStatus, otherFirst - began < 900]).toEqual([429, true]);
    ask();
    while (events.length < 5) await setTimeout(1);
    expect(performance.now() - otherFirst).toBeLessThan(900);
    expect(events.map(({ type, code }) => code ?? type)).toEqual(["drawn", ...Array(4).fill("too-many-requests")]);
    socket.destroy();
    other.socket.destroy();
  });

  it("is left if it sends many requests at once", async () => {
    const { socket, ask, answers } = await connection();
    ask(100);
    await once(socket, "close");
    expect(answers.length).toBeLessThan(11);
    const next = await connection();
    next.ask();
    expect((await next.answered(1))[0]).toBe(429);
    next.socket.destroy();
  });
});
