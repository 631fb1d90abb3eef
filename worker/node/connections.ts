/** What a service in Node does with connections: a client that is refused, or reads nothing, shall not hinder others. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { setTimeout } from "node:timers/promises";
import type { Context } from "hono";
import { UNREAD } from "../service/send.ts";

/** Requests of one address that begin in one round of the event loop: in the next one others have theirs, however many one address sends. */
const ROUND = 16;

/** More requests of one address do not wait to begin. The connection that brings one more is closed. */
const MOST_OPEN = 1000;

/** What `@hono/node-server` says of a request's connection. Hosts that do not say have several threads, timeouts or limits of their own. */
const connectionOf = ({ env }: Context) => (env ?? {}) as { readonly incoming?: IncomingMessage; readonly outgoing?: ServerResponse };

/** The requests of an address: how many have begun in this round, and which wait. */
interface Arrivals {
  begun: number;
  readonly waiting: { readonly socket: Socket; readonly begin: () => void }[];
}

/** One for each request, since a promise that is never settled keeps all that wait for it. */
const never = (): Promise<void> => new Promise(() => undefined);

const arrivals = new Map<string, Arrivals>();

/**
 * Resolves when this request may begin, undefined if it may at once: HEAD, 304 and refusals wait for no turn of the queue, so a client
 * could keep the thread busy with them. It never resolves for one whose connection is closed.
 */
export function waitToBegin(c: Context): Promise<void> | undefined {
  const { incoming } = connectionOf(c);
  if (!incoming) return undefined;
  const { socket } = incoming;
  if (socket.destroyed) return never();
  const address = socket.remoteAddress ?? "";
  let own = arrivals.get(address);
  if (!own) {
    own = { begun: 0, waiting: [] };
    arrivals.set(address, own);
    setImmediate(nextRound, address, own);
  }
  if (own.begun < ROUND) {
    own.begun++;
    return undefined;
  }
  const { waiting } = own;
  if (waiting.length < MOST_OPEN) return new Promise((begin) => waiting.push({ socket, begin }));
  socket.destroy();
  return never();
}

function nextRound(address: string, own: Arrivals): void {
  const next = own.waiting.splice(0, ROUND).filter(({ socket }) => !socket.destroyed);
  own.begun = next.length;
  for (const { begin } of next) begin();
  if (next.length + own.waiting.length > 0) setImmediate(nextRound, address, own);
  else arrivals.delete(address);
}

/** Milliseconds between two refusals on a connection, at least; up to half as much more, so that those refused together do not all come back together. */
const PAUSE = 1000;

/** More refusals than this do not wait on one connection: a client that does not wait for answers would fill the memory. */
const MOST_WAITING = 10;

/** When each connection may have its next refusal. */
const nextTimes = new WeakMap<object, number>();

/**
 * Resolves when this answer may be sent, which for all but 429 and 503 is at once: clients that ask again at once would take most
 * of the one thread.
 */
export async function pauseBetweenRefusals(c: Context, { status }: Response): Promise<void> {
  const { incoming } = connectionOf(c);
  if (!incoming || (status !== 429 && status !== 503)) return;
  const now = performance.now();
  const time = Math.max(now, nextTimes.get(incoming.socket) ?? 0);
  if (time - now > MOST_WAITING * PAUSE) return void incoming.socket.destroy();
  nextTimes.set(incoming.socket, time + PAUSE * (1 + Math.random() / 2));
  if (time > now) await setTimeout(time - now);
}

/**
 * Ends this request's connection when nothing of an answer has been read for UNREAD. Node looks twice before it calls a connection
 * idle, hence half the time.
 */
export function limitReading(c: Context): void {
  const { outgoing } = connectionOf(c);
  if (!outgoing) return;
  outgoing.setTimeout(UNREAD / 2, () => outgoing.destroy());
  outgoing.prependOnceListener("finish", () => outgoing.setTimeout(0)); // before Node gives the connection to its next request
}
