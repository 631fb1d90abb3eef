/** A client that opens the largest answers and reads nothing, against workerd as it is deployed: it is cut off, and nobody else waits for it. */
import { connect, type Socket } from "node:net";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { bundleForWorkerd, removeBundle, startBareWorker } from "../support/bare-worker.ts";
import type { RunningWorker } from "../support/start-worker.ts";

const LARGEST = "/sample?n=9&size=341&steps=1&format=json&background=transparent";

let bundle: string;
let worker: RunningWorker;

beforeAll(async () => {
  bundle = bundleForWorkerd();
  worker = await startBareWorker(bundle);
});

afterAll(async () => {
  await worker?.stop();
  removeBundle(bundle);
});

const statusOf = async (path: string, address: string): Promise<number> => {
  const response = await fetch(worker.origin + path, { headers: { "CF-Connecting-IP": address } });
  await response.arrayBuffer();
  return response.status;
};

it.each(["*/*", "text/event-stream"])("is cut off after 30 s, and meanwhile leaves room for others: %s", async (accept) => {
  const sockets: Socket[] = [];
  const { port, hostname } = new URL(worker.origin);
  for (let i = 0; i < 16; i++) {
    const socket = connect(Number(port), hostname).pause();
    const path = `${LARGEST}&seed=unread-${i}-${accept.length}`;
    socket.write(`GET ${path} HTTP/1.1\r\nHost: ${hostname}\r\nAccept: ${accept}\r\nCF-Connecting-IP: 192.0.2.1\r\n\r\n`);
    sockets.push(socket);
  }
  await setTimeout(5000);
  for (let i = 0; i < 20; i++) expect(await statusOf(`/sample?seed=meanwhile-${i}-${accept.length}`, "192.0.2.2")).toBe(200);
  expect(await statusOf(`${LARGEST}&seed=refused-${accept.length}`, "192.0.2.1")).toBe(503);
  let status = 503;
  for (let seconds = 0; status === 503 && seconds < 60; seconds += 5) {
    await setTimeout(5000);
    status = await statusOf(`${LARGEST}&seed=again-${accept.length}`, "192.0.2.1");
  }
  expect(status).toBe(200); // though their connections are still open
  for (const socket of sockets) socket.destroy();
});
