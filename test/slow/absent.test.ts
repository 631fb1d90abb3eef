/**
 * Clients that close their connections, which workerd does not notice before it has something to send: against workerd
 * as it is deployed.
 */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { cpuOf } from "../bench/measure.ts";
import { bundleForWorkerd, startBareWorker, through } from "../support/bare-worker.ts";
import { temporaryFolder } from "../support/files.ts";
import type { RunningWorker } from "../support/start-worker.ts";

let worker: RunningWorker;

const bundle = temporaryFolder("workerd");

beforeAll(async () => {
  bundleForWorkerd(bundle);
  worker = await startBareWorker(bundle);
});

afterAll(() => worker?.stop());

const [CLIENT, OTHER] = ["192.0.2.1", "192.0.2.2"];

async function statusOf(path: string, address: string): Promise<number> {
  const response = await fetch(worker.origin + path, { headers: through(address) });
  await response.arrayBuffer();
  return response.status;
}

/** The costliest request. */
const LARGE = "/sample?n=13&model=avatars";

/** Of a client that asks for this. */
async function asking(path: string): Promise<Socket> {
  const { port, hostname } = new URL(worker.origin);
  const socket = connect(Number(port), hostname).on("error", () => undefined);
  await once(socket, "connect");
  socket.pause().write(`GET ${path} HTTP/1.1\r\nHost: ${hostname}\r\nCF-Blob: {}\r\nCF-Connecting-IP: ${CLIENT}\r\n\r\n`);
  return socket;
}

it("a thousand clients that have gone, all refused, hold no place: others are answered, and so is who comes after them", async () => {
  /** More than a client may have in flight. */
  const large = Array.from({ length: 20 }, (_, i) => statusOf(`${LARGE}&seed=large-${i}`, CLIENT));
  expect(await Promise.race(large)).toBe(503);
  await Promise.all(
    Array.from({ length: 1000 }, async (_, i) => {
      const socket = await asking(`${LARGE}&seed=gone-${i}`);
      socket.end(() => socket.destroy());
    }),
  );
  expect(await statusOf("/sample?seed=next", OTHER)).toBe(200);
  expect(new Set(await Promise.all(large))).toEqual(new Set([200, 503]));
  expect(await statusOf(`${LARGE}&seed=after`, CLIENT)).toBe(200);
});

it("the work for a client whose connection is reset ends: it takes less than half of the CPU time of a whole answer", async () => {
  const whole = await cpuOf(async () => expect(await statusOf(`${LARGE}&seed=whole`, OTHER)).toBe(200));
  const left = await cpuOf(async () => {
    const socket = await asking(`${LARGE}&seed=reset`);
    await setTimeout(20);
    socket.resetAndDestroy();
    await setTimeout(3000);
  });
  expect(left / whole).toBeLessThan(0.5); // 0.1; it is all of it where workerd does not notice, as when a connection is only closed
});
