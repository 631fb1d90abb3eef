/** What a service in Node does with connections: a client that is refused, or reads nothing, shall not hinder others. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout } from "node:timers/promises";
import type { Context } from "hono";
import { UNREAD } from "../service/send.ts";

/** Milliseconds between two refusals on a connection, at least; up to half as much more, so that those refused together do not all come back together. */
const PAUSE = 1000;

/** More refusals than this do not wait on one connection: a client that does not wait for answers would fill the memory. */
const MOST_WAITING = 10;

/** When each connection may have its next refusal. */
const nextTimes = new WeakMap<object, number>();

/**
 * Resolves when this answer may be sent, which for all but 429 and 503 is at once: clients that ask again at once would take most
 * of the one thread. `@hono/node-server` says which connection it is. Hosts that do not say have several threads or limits of
 * their own.
 */
export async function pauseBetweenRefusals({ env }: Context, { status }: Response): Promise<void> {
  const { incoming } = (env ?? {}) as { readonly incoming?: IncomingMessage };
  if (!incoming || (status !== 429 && status !== 503)) return;
  const now = performance.now();
  const time = Math.max(now, nextTimes.get(incoming.socket) ?? 0);
  if (time - now > MOST_WAITING * PAUSE) return void incoming.socket.destroy();
  nextTimes.set(incoming.socket, time + PAUSE * (1 + Math.random() / 2));
  if (time > now) await setTimeout(time - now);
}

/**
 * Ends this request's connection when nothing of an answer has been read for UNREAD. `@hono/node-server` says which
 * connection it is. Hosts that do not say have timeouts of their own. Node looks twice before it calls a connection
 * idle, hence half the time.
 */
export function limitReading({ env }: Context): void {
  const { outgoing } = (env ?? {}) as { readonly outgoing?: ServerResponse };
  if (!outgoing) return;
  outgoing.setTimeout(UNREAD / 2, () => outgoing.destroy());
  outgoing.prependOnceListener("finish", () => outgoing.setTimeout(0)); // before Node gives the connection to its next request
}
