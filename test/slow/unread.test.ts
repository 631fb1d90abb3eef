/** Answers of the service in Node that nobody reads. */
import { once } from "node:events";
import { type AddressInfo, connect, type Socket } from "node:net";
import { setTimeout } from "node:timers/promises";
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { afterAll, expect, it } from "vitest";
import { anneal } from "../../worker/node/hono.ts";
import { shippedModel } from "../golden/golden.ts";

/** More than the buffers of both ends of a connection hold. */
const MOST = 16e6;

const server = serve({ fetch: new Hono().route("/", anneal({ models: [shippedModel("mnist")] })).fetch, hostname: "127.0.0.1", port: 0 });
/** The server's ends of connections, by the client's port. */
const ends = new Map<number | undefined, Socket>();
server.on("connection", (end: Socket) => ends.set(end.remotePort, end));

if (!server.listening) await once(server, "listening");
const { port } = server.address() as AddressInfo;
afterAll(() => void server.close());

/** A client that asks for this many bytes of the path, and the server's end of its connection. */
async function client(path: string): Promise<{ readonly socket: Socket; readonly end: Socket }> {
  const { byteLength } = await (await fetch(`http://127.0.0.1:${port}${path}`)).arrayBuffer();
  const socket = connect(port, "127.0.0.1").on("error", () => undefined);
  socket.pause();
  await once(socket, "connect");
  let end = ends.get(socket.localPort);
  for (; !end; end = ends.get(socket.localPort)) await setTimeout(1);
  socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`.repeat(Math.ceil(MOST / (byteLength + 500))));
  return { socket, end };
}

async function closed({ socket, end }: Awaited<ReturnType<typeof client>>): Promise<boolean> {
  if (!end.destroyed) await once(end, "close");
  socket.destroy();
  return end.destroyed;
}

it("in Node the connection of a client that does not read its answers is closed, and one that reads slowly has all the time that it takes", async () => {
  const large = "/sample?n=16&size=84"; // of small ones a connection would bring more than may wait
  const unread = await client(`${large}&seed=8`);
  const slow = await client(`${large}&seed=7`);
  const over = closed(unread);
  for (let isOver = false; !isOver; isOver = await Promise.race([over, setTimeout(5000, false)])) {
    for (let read = 0; read < 500_000; ) read += ((await once(slow.socket.resume(), "data")) as [Buffer])[0].length;
    slow.socket.pause();
  }
  expect(slow.end.destroyed).toBe(false);
  slow.socket.destroy();
});
